import type { LocalTime } from './go-time-layout.ts';
import type { TimeZones } from './tag-facts.ts';

/**
 * Returns what clocks show in a time zone, or `undefined` for an unknown one.
 * @param now milliseconds since 1970
 * @param timezone a name of the IANA database, or `Local`
 */
export function localTime(now: number, timezone: string, zones: TimeZones): LocalTime | undefined {
  const zone = timezone === 'Local' ? zones.local : timezone;
  const shown = zone === 'UTC' ? new Date(now) : shownIn(zone, now);
  if (shown === undefined) return undefined;
  const offsetMinutes = Math.round((shown.getTime() - Math.floor(now / 1_000) * 1_000) / 60_000);
  return {
    year: shown.getUTCFullYear(),
    month: shown.getUTCMonth() + 1,
    day: shown.getUTCDate(),
    hour: shown.getUTCHours(),
    minute: shown.getUTCMinutes(),
    second: shown.getUTCSeconds(),
    millisecond: ((now % 1_000) + 1_000) % 1_000,
    offsetMinutes,
    zone: zone === 'UTC' ? 'UTC' : zoneName(zones.rule(zone), offsetMinutes),
  };
}

/** Returns a date whose UTC fields are those of the zone. */
function shownIn(timeZone: string, now: number): Date | undefined {
  // Newer versions of Node also take offsets, which Go does not.
  if (!/^[A-Za-z]/.test(timeZone)) return undefined;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
    return new Date(
      Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')),
    );
  } catch {
    return undefined;
  }
}

const name = '([A-Za-z]{3,}|<[^>]+>)';
const offset = '([+-]?\\d+(?::\\d+)*)';
const posixRule = new RegExp(`^${name}${offset}(?:${name}${offset}?)?(?:,|$)`);

/**
 * Returns the abbreviation of a time zone at an offset, such as `CEST`. Empty if the rule is missing or does not have
 * the offset.
 * @param rule a value of `TZ` (POSIX, Base Definitions, 8.3)
 */
function zoneName(rule: string | undefined, offsetMinutes: number): string {
  const [, standard, standardOffset, summer, summerOffset] = posixRule.exec(rule ?? '') ?? [];
  if (standard === undefined || standardOffset === undefined) return '';
  // POSIX counts west of UTC.
  const own = -minutesOf(standardOffset);
  const later = summerOffset === undefined ? own + 60 : -minutesOf(summerOffset);
  const found = offsetMinutes === own ? standard : offsetMinutes === later ? (summer ?? '') : '';
  return found.replace(/[<>]/g, '');
}

function minutesOf(text: string): number {
  const [hours = 0, minutes = 0] = text.replace(/^[+-]/, '').split(':').map(Number);
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
