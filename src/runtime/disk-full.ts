import type { Failure } from '../model/outcome.ts';

/**
 * Returns `disk-full` if a message reports a full disk; `undefined` otherwise.
 * @param where the machine with the disk
 */
export function diskFull(said: string, where: string): Failure | undefined {
  if (!/no space left on device|disk quota exceeded/i.test(said)) return undefined;
  return { code: 'disk-full', where, detail: said };
}
