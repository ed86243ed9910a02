import { relative } from 'node:path';
import { pastedWord } from '../text/pasted-word.ts';

/**
 * How a command about a project begins, as it can be pasted into the shell that stands in `here`: run numbers and
 * `latest` are of the project that one stands in. Both folders are absolute; without one of them nobody can say, and
 * the shell is taken to stand right.
 */
export function slipwayFrom(here: string | undefined, directory: string | undefined): string {
  if (here === undefined || directory === undefined || here === directory) return 'slipway';
  const path = relative(here, directory);
  return `slipway -C ${pastedWord(path.length < directory.length ? path : directory)}`;
}
