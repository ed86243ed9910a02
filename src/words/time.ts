/** Formats times for people: relative, or in the time zone of the machine. */

/** `12:00:01` */
export function clockTime(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** Formats a past time: `2 min ago`. If the clock was set back and the time is in the future, returns the full time. */
export function relativeTime(at: number, now: number): string {
  if (at - now > 60_000) return localTime(at);
  const seconds = Math.floor((now - at) / 1000);
  if (seconds < 10) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ago`;
  return `${Math.floor(hours / 24)} d ago`;
}

/** Formats a time in the time zone of the machine: `2026-11-27 12:00:01`. */
export function localTime(at: number): string {
  const date = new Date(at);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'));
  return `${day.join('-')} ${clockTime(at)}`;
}
