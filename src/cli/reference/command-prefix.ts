import { relative } from 'node:path';
import { quoteForShell } from '../text/quote-for-shell.ts';

/**
 * Returns the start of a command about a project, to be pasted into a shell in `here`. Run numbers and `latest` refer
 * to the project of the current folder. Both folders are absolute. If one is unknown, assumes that the shell is in the
 * project.
 */
export function commandPrefix(here: string | undefined, directory: string | undefined): string {
  if (here === undefined || directory === undefined || here === directory) return 'slipway';
  const path = relative(here, directory);
  return `slipway -C ${quoteForShell(path.length < directory.length ? path : directory)}`;
}
