import type { TimeValue } from './values.ts';

export const monthNames: readonly string[] = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November'],
  'December',
];
export const dayNames: readonly string[] = [
  ...['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
];

/** A moment as a clock in its zone shows it. */
export interface LocalTime {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms: number;
  /** From 0, Sunday. */
  readonly weekday: number;
  /** From 1. */
  readonly yearDay: number;
  /** Seconds east of UTC. */
  readonly offset: number;
}

/** Reports whether the runtime knows a zone by this name. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** The years that both Go's layouts and this runtime can show: 1 to 9999. */
const [firstMs, lastMs] = [-62_135_596_800_000, 253_402_300_799_999];

/** Reports whether a time is in the years 1 to 9999. */
export const isShownTime = (ms: number): boolean => ms >= firstMs && ms <= lastMs;

export function localTime({ ms, zone }: TimeValue): LocalTime {
  const offset = zone === 'UTC' ? 0 : offsetAt(ms, zone);
  const shown = new Date(ms + offset * 1000);
  const newYear = new Date(0);
  newYear.setUTCFullYear(shown.getUTCFullYear(), 0, 1);
  return {
    year: shown.getUTCFullYear(),
    month: shown.getUTCMonth() + 1,
    day: shown.getUTCDate(),
    hour: shown.getUTCHours(),
    minute: shown.getUTCMinutes(),
    second: shown.getUTCSeconds(),
    ms: shown.getUTCMilliseconds(),
    weekday: shown.getUTCDay(),
    yearDay: Math.floor((shown.getTime() - newYear.getTime()) / 86_400_000) + 1,
    offset,
  };
}

function offsetAt(ms: number, zone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const shown = new Date(0);
  shown.setUTCFullYear(part('year'), part('month') - 1, part('day'));
  shown.setUTCHours(part('hour'), part('minute'), part('second'));
  return Math.round((shown.getTime() - Math.floor(ms / 1000) * 1000) / 1000);
}

/** The parts of Go's layouts, which show the moment 2006-01-02 15:04:05 -0700. */
const layoutPart =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|_(?=2006)|__2|_2|2|3|4|5|PM|pm|[-Z](?:070000|07:00:00|0700|07:00|07)|[.,](?:0+|9+)(?!\d)/g;

/** Reports whether a layout shows the zone by its name, which only UTC has here. */
export const showsZoneName = (layout: string): boolean =>
  [...layout.matchAll(layoutPart)].some(([part]) => part === 'MST');

/** Formats a time by a layout of Go. Zones other than UTC have their offset in place of a name. */
export function formatTime(time: TimeValue, layout: string): string {
  const local = localTime(time);
  return layout.replaceAll(layoutPart, (part) => showPart(part, local, time.zone));
}

const padded = (value: number, length: number, fill = '0'): string => String(value).padStart(length, fill);

function showPart(part: string, local: LocalTime, zone: string): string {
  const hour12 = local.hour % 12 === 0 ? 12 : local.hour % 12;
  const parts: Readonly<Record<string, () => string>> = {
    '2006': () => padded(local.year, 4),
    '06': () => padded(local.year % 100, 2),
    January: () => monthNames[local.month - 1] ?? '',
    Jan: () => (monthNames[local.month - 1] ?? '').slice(0, 3),
    '01': () => padded(local.month, 2),
    '1': () => String(local.month),
    Monday: () => dayNames[local.weekday] ?? '',
    Mon: () => (dayNames[local.weekday] ?? '').slice(0, 3),
    '02': () => padded(local.day, 2),
    _2: () => padded(local.day, 2, ' '),
    '2': () => String(local.day),
    '002': () => padded(local.yearDay, 3),
    __2: () => padded(local.yearDay, 3, ' '),
    '15': () => padded(local.hour, 2),
    '03': () => padded(hour12, 2),
    '3': () => String(hour12),
    '04': () => padded(local.minute, 2),
    '4': () => String(local.minute),
    '05': () => padded(local.second, 2),
    '5': () => String(local.second),
    PM: () => (local.hour < 12 ? 'AM' : 'PM'),
    pm: () => (local.hour < 12 ? 'am' : 'pm'),
    MST: () => (zone === 'UTC' ? 'UTC' : showOffset('-07', local.offset)),
    _: () => '_',
  };
  const show = parts[part];
  if (show !== undefined) return show();
  return part.startsWith('-') || part.startsWith('Z') ? showOffset(part, local.offset) : showFraction(part, local.ms);
}

function showOffset(part: string, offset: number): string {
  if (part.startsWith('Z') && offset === 0) return 'Z';
  const size = Math.abs(offset);
  const colon = part.includes(':') ? ':' : '';
  const fields = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60];
  const count = part.replaceAll(':', '').length === 7 ? 3 : part.length === 3 ? 1 : 2;
  const shown = fields.slice(0, count).map((field) => padded(field, 2));
  return (offset < 0 ? '-' : '+') + shown.join(colon);
}

function showFraction(part: string, ms: number): string {
  const digits = padded(ms, 3)
    .padEnd(9, '0')
    .slice(0, part.length - 1)
    .padEnd(part.length - 1, '0');
  if (part[1] === '0') return part.slice(0, 1) + digits;
  const shown = digits.replace(/0+$/, '');
  return shown === '' ? '' : part.slice(0, 1) + shown;
}

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Longer texts are no durations that anybody means. */
const longestDuration = 200;

/** Parses a Go duration such as `-1h30m` as milliseconds, or returns `undefined`. */
export function parseGoDuration(text: string): number | undefined {
  const match = /^([+-]?)((?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|0)$/.exec(
    text.slice(0, longestDuration),
  );
  if (match === null || text.length > longestDuration) return undefined;
  let ms = 0;
  for (const [, number, unit] of (match[2] ?? '').matchAll(/([\d.]+)(\D+)/g)) {
    ms += Number(number) * (unitMs[unit ?? ''] ?? 0);
  }
  // Go's durations end at 292 years.
  if (ms > 9_223_372_036_854) return undefined;
  return match[1] === '-' ? -ms : ms;
}

/** Formats whole seconds as Go's durations: `1h0m5s`. */
export function formatGoDuration(seconds: bigint): string {
  const size = seconds < 0n ? -seconds : seconds;
  const [hours, minutes] = [size / 3600n, (size / 60n) % 60n];
  const shown = (hours > 0n ? `${hours}h` : '') + (hours > 0n || minutes > 0n ? `${minutes}m` : '') + `${size % 60n}s`;
  return (seconds < 0n ? '-' : '') + shown;
}
