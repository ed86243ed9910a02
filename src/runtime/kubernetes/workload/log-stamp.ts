/** The time stamps at the start of the lines of a pod's log: RFC 3339 with nanoseconds, which a `Date` cannot hold. */

/** One time stamp. Compared as an instant, in whatever time zone the node writes it. */
export interface LogStamp {
  /** Since 1970. */
  readonly seconds: number;
  readonly nanos: number;
}

/** The longest stamp with its space: `2006-01-02T15:04:05.000000000+07:00 `. */
export const longestStamp = 36;

export function compareStamps(one: LogStamp, other: LogStamp): number {
  return one.seconds - other.seconds || one.nanos - other.nanos;
}

/** Returns the stamp just before a time, in milliseconds since 1970. */
export function stampOf(ms: number): LogStamp {
  const seconds = Math.floor(ms / 1_000) - (ms % 1_000 === 0 ? 1 : 0);
  return { seconds, nanos: Math.floor((ms - seconds * 1_000) * 1e6) - 1 };
}

/** Formats a stamp for display and for the API (`sinceTime`). */
export function stampText({ seconds, nanos }: LogStamp): string {
  return `${new Date(seconds * 1_000).toISOString().slice(0, 19)}.${String(nanos).padStart(9, '0')}Z`;
}

const [zero, nine] = [0x30, 0x39];
const [dash, colon, dot, space, plus] = [0x2d, 0x3a, 0x2e, 0x20, 0x2b];
const [upperT, upperZ] = [0x54, 0x5a];
const invalid = -1;

/** Parses stamps without allocating an object or a string for each. A log may have millions. */
export class StampReader implements LogStamp {
  seconds = 0;
  nanos = 0;
  #day = -1;
  #dayStart = 0;

  /**
   * Parses the stamp at `at`, up to `end`.
   * @returns its length with the space after it; 0 if there is no complete stamp
   */
  read(bytes: Uint8Array, at: number, end: number): number {
    // The shortest stamp with its space: 2006-01-02T15:04:05Z
    if (end - at < 21) return 0;
    if (
      bytes[at + 4] !== dash ||
      bytes[at + 7] !== dash ||
      bytes[at + 10] !== upperT ||
      bytes[at + 13] !== colon ||
      bytes[at + 16] !== colon
    )
      return 0;
    const date = digits(bytes, at, 4) * 10_000 + digits(bytes, at + 5, 2) * 100 + digits(bytes, at + 8, 2);
    const time = digits(bytes, at + 11, 2) * 3_600 + digits(bytes, at + 14, 2) * 60 + digits(bytes, at + 17, 2);
    let after = at + 19;
    let nanos = 0;
    if (bytes[after] === dot) {
      let unit = 1e8;
      for (after++; after < end && isDigit(bytes[after]); after++) {
        nanos += ((bytes[after] ?? 0) - zero) * unit;
        unit /= 10;
      }
    }
    const zone = bytes[after];
    let shift = 0;
    if (zone === plus || zone === dash) {
      if (end - after < 7 || bytes[after + 3] !== colon) return 0;
      shift = (digits(bytes, after + 1, 2) * 3_600 + digits(bytes, after + 4, 2) * 60) * (zone === plus ? 1 : -1);
      after += 6;
    } else if (zone === upperZ) after++;
    else return 0;
    if (after >= end || bytes[after] !== space || Number.isNaN(date + time + shift)) return 0;
    this.seconds = this.#startOf(date) + time - shift;
    this.nanos = Math.floor(nanos);
    return after + 1 - at;
  }

  #startOf(day: number): number {
    if (day !== this.#day) {
      this.#day = day;
      this.#dayStart = Date.UTC(Math.floor(day / 10_000), (Math.floor(day / 100) % 100) - 1, day % 100) / 1_000;
    }
    return this.#dayStart;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= zero && byte <= nine;
}

/** Returns NaN unless all characters are digits. */
function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const byte = bytes[i] ?? invalid;
    if (byte < zero || byte > nine) return Number.NaN;
    value = value * 10 + byte - zero;
  }
  return value;
}
