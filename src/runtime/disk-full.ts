import type { Failure } from '../model/outcome.ts';

/**
 * The failure behind what a program said, if it had no room to write.
 * @param where whose disk it is
 */
export function diskFull(said: string, where: string): Failure | undefined {
  if (!/no space left on device|disk quota exceeded/i.test(said)) return undefined;
  return { code: 'disk-full', where, detail: said };
}
