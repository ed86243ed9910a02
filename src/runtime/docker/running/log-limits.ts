import type { InspectedContainer } from '../api/engine-session.ts';
import { openEntries, type EntrySource, type LogEntry } from './log-entries.ts';

/** When the engine deletes the beginning of a log. */
export interface LogLimits {
  /**
   * The engine has deleted nothing of a log that is shorter, in bytes of its files. It deletes the oldest file once all
   * files are full, and begins another one. 0: nothing is known, because there is only one file.
   */
  readonly wholeBelow: number;
}

/** Drivers that delete nothing, or whose log the engine does not read from files of its own. */
const keeping = new Set(['journald', 'none', 'etwlogs']);
const units: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40, p: 2 ** 50 };
/** Of the driver `local`, which also keeps what other drivers send away (docs.docker.com, "Dual logging"). */
const localLimits = { 'max-size': '20m', 'max-file': '5' };

/** Returns `undefined` if Docker keeps the whole log of a container. */
export function logLimits({ HostConfig: { LogConfig: log } }: InspectedContainer): LogLimits | undefined {
  const type = log?.Type ?? '';
  if (type === '' || keeping.has(type)) return undefined;
  const isFile = type === 'json-file';
  const config = { ...(!isFile && localLimits), ...(isFile || type === 'local' ? log?.Config : undefined) };
  const most = bytesOf(config['max-size']);
  if (most === undefined) return undefined;
  return { wholeBelow: (Math.max(1, Number(config['max-file'] ?? 1)) - 1) * most };
}

function bytesOf(size: string | undefined): number | undefined {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmgtp]?)i?b?$/i.exec(size ?? '') ?? [];
  const bytes = Number(count) * (units[unit.toLowerCase()] ?? 1);
  return bytes > 0 ? bytes : undefined;
}

/** `{"log":"","stream":"stdout","time":"2006-01-02T15:04:05.000000000Z"}` and its newline. */
const entryBytes = 74;
const longestByte = 6;
const longestPiece = 16_384 * 3;
/** Up to so many entries their number shows how long the log is at most. */
const mostCounted = 4_096;

/** Returns at least the bytes that a file has of an entry. */
function storedBytes({ bytes }: LogEntry): number {
  let stored = entryBytes;
  for (const byte of bytes) stored += byteLengths[byte]!;
  return stored;
}

/** JSON escapes some characters. U+2028 and U+2029 become six bytes. */
const byteLengths = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0x0a || byte === 0x0d || byte === 0x22 || byte === 0x5c) return 2;
  if (byte < 0x20 || byte === 0x26 || byte === 0x3c || byte === 0x3e || byte === 0x7f) return longestByte;
  return byte === 0xe2 ? 4 : 1;
});

/** Reports whether the log is so long that the engine may have deleted its beginning. */
export async function mayBeCut(source: EntrySource, limits: LogLimits, signal: AbortSignal): Promise<boolean> {
  if (limits.wholeBelow === 0) return false;
  const few = Math.min(mostCounted, Math.floor(limits.wholeBelow / (entryBytes + longestPiece * longestByte)));
  if (few > 0) {
    let count = 0;
    for await (const entries of await openEntries(source, { tail: few }, signal)) count += entries.length;
    if (count < few) return false;
  }
  let stored = 0;
  for await (const entries of await openEntries(source, {}, signal)) {
    for (const entry of entries) stored += storedBytes(entry);
    if (stored >= limits.wholeBelow) return true;
  }
  return false;
}
