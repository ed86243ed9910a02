import { join } from 'node:path';
import { readRegularFileSync } from '../../util/read-regular-file.ts';

/** Where systems with a time zone database have it. */
export const zoneFolder = '/usr/share/zoneinfo';

/**
 * Reads the rule of a time zone that holds now: the last line of its file (RFC 9636, 3.3). Returns `undefined` if the
 * database or the zone is missing.
 */
export function readZoneRule(zone: string, folder: string = zoneFolder): string | undefined {
  if (!/^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/.test(zone)) return undefined;
  try {
    const text = readRegularFileSync(join(folder, zone)).toString('latin1');
    return text.startsWith('TZif') ? /\n([^\n]*)\n$/.exec(text)?.[1] : undefined;
  } catch {
    // Names of abbreviations are then left out.
    return undefined;
  }
}
