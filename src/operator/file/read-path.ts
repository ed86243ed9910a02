import { isAbsolute, join, resolve } from 'node:path';
import type { Located } from '../../diagnostics/yaml/located.ts';
import { problem } from '../problem.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { readName } from '../../diagnostics/yaml/read-scalar.ts';

export type PathReader = (node: Located, field: string, report: Report) => string | undefined;

/**
 * Returns a reader that makes paths absolute. `~/` is the user's home. Other relative paths start at the folder of the
 * file.
 */
export function readPathOf(folder: string, home: string): PathReader {
  return (node, field, report) => {
    const written = readName(node, field, report);
    if (!written) return undefined;
    const { text, at } = written;
    // The operator's file belongs to no pipeline, so it has no variables.
    if (/\$\{[^}]*\}/.test(text)) {
      report(problem('W030', at, { field, text }));
      return undefined;
    }
    if (text === '~' || /^~[\\/]/.test(text)) return join(home, text.slice(1));
    return isAbsolute(text) ? text : resolve(folder, text);
  };
}
