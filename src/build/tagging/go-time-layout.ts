/** A moment as clocks show it in one time zone. */
export interface LocalTime {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** East of UTC. */
  readonly offsetMinutes: number;
  /** `CET`. Empty if the zone has none. */
  readonly zone: string;
}

const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October'],
  ...['November', 'December'],
];
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

type Formatter = (time: LocalTime) => string;

const padded = (number: number, width = 2, filler = '0') => String(number).padStart(width, filler);
const hour12 = ({ hour }: LocalTime) => (hour % 12 === 0 ? 12 : hour % 12);
const short = (name: string | undefined) => (name ?? '').slice(0, 3);

/**
 * What the elements of a layout mean (the constants of Go's package `time`). Each stands for a part of the reference
 * time, Mon Jan 2 15:04:05 2006 in MST (-0700).
 */
const elements: Readonly<Record<string, Formatter>> = {
  January: ({ month }) => months[month - 1] ?? '',
  Jan: ({ month }) => short(months[month - 1]),
  Monday: (time) => days[weekday(time)] ?? '',
  Mon: (time) => short(days[weekday(time)]),
  MST: (time) => (time.zone === '' ? offsetText(time, '') : time.zone),
  '002': (time) => padded(dayOfYear(time), 3),
  '01': ({ month }) => padded(month),
  '02': ({ day }) => padded(day),
  '03': (time) => padded(hour12(time)),
  '04': ({ minute }) => padded(minute),
  '05': ({ second }) => padded(second),
  '06': ({ year }) => padded(year % 100),
  '15': ({ hour }) => padded(hour),
  '1': ({ month }) => String(month),
  '2006': ({ year }) => padded(year, 4),
  __2: (time) => padded(dayOfYear(time), 3, ' '),
  // Not the day: an underscore before the year.
  _2006: ({ year }) => `_${padded(year, 4)}`,
  _2: ({ day }) => padded(day, 2, ' '),
  '2': ({ day }) => String(day),
  '3': (time) => String(hour12(time)),
  '4': ({ minute }) => String(minute),
  '5': ({ second }) => String(second),
  PM: ({ hour }) => (hour < 12 ? 'AM' : 'PM'),
  pm: ({ hour }) => (hour < 12 ? 'am' : 'pm'),
  '-07:00:00': (time) => `${offsetText(time, ':')}:00`,
  '-070000': (time) => `${offsetText(time, '')}00`,
  '-07:00': (time) => offsetText(time, ':'),
  '-0700': (time) => offsetText(time, ''),
  '-07': (time) => offsetText(time, '').slice(0, 3),
  'Z07:00:00': (time) => orZ(time, `${offsetText(time, ':')}:00`),
  Z070000: (time) => orZ(time, `${offsetText(time, '')}00`),
  'Z07:00': (time) => orZ(time, offsetText(time, ':')),
  Z0700: (time) => orZ(time, offsetText(time, '')),
  Z07: (time) => orZ(time, offsetText(time, '').slice(0, 3)),
};

/** Digits after a point or comma, but not the start of a longer number. */
const fraction = '[.,](?:0+|9+)(?!\\d)';
const pattern = new RegExp(
  Object.keys(elements)
    // Integer keys come first in an object, whatever their position.
    .sort((a, b) => b.length - a.length)
    // Before a lower-case letter these are parts of words: `Month`.
    .map((name) => (name === 'Jan' || name === 'Mon' ? `${name}(?![a-z])` : name))
    .concat(fraction)
    .join('|'),
  'g',
);

/** Formats a time by a layout of Go's `time.Format`. Seconds have a fraction of milliseconds. */
export function formatGoTime(layout: string, time: LocalTime): string {
  return layout.replace(pattern, (found) => elements[found]?.(time) ?? fractionText(found, time));
}

/** `.000` has all digits, `.999` none at the end that are zero, and no point without digits. */
function fractionText(found: string, { millisecond }: LocalTime): string {
  const digits = padded(millisecond, 3)
    .padEnd(9, '0')
    .slice(0, found.length - 1)
    .padEnd(found.length - 1, '0');
  if (found[1] === '0') return (found[0] ?? '') + digits;
  const kept = digits.replace(/0+$/, '');
  return kept === '' ? '' : (found[0] ?? '') + kept;
}

function weekday({ year, month, day }: LocalTime): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay();
}

function dayOfYear({ year, month, day }: LocalTime): number {
  return (Date.UTC(year, month - 1, day) - Date.UTC(year, 0, 0)) / 86_400_000;
}

function offsetText({ offsetMinutes }: LocalTime, separator: string): string {
  const minutes = Math.abs(offsetMinutes);
  return `${offsetMinutes < 0 ? '-' : '+'}${padded(Math.floor(minutes / 60))}${separator}${padded(minutes % 60)}`;
}

function orZ({ offsetMinutes }: LocalTime, text: string): string {
  return offsetMinutes === 0 ? 'Z' : text;
}
