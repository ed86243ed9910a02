import { problem } from './problem.ts';
import { SourceText } from './source-text.ts';
import type { Checked, Diagnostic } from '../model/diagnostic.ts';
import type { SourceFiles } from '../util/source-files.ts';

/**
 * Returns the diagnostic for an unreadable file.
 * @param why an error or a sentence
 */
export type Refusal = (file: string, why: unknown) => Diagnostic;

/**
 * Reads the text of an existing file.
 * @param name its name in diagnostics
 */
export async function readSource(
  path: string,
  name: string,
  files: SourceFiles,
  refuse: Refusal = unreadable,
): Promise<Checked<SourceText>> {
  let bytes: Uint8Array;
  try {
    bytes = await files.read(path);
  } catch (error) {
    return { diagnostics: [refuse(name, error)] };
  }
  try {
    return { value: new SourceText(name, new TextDecoder('utf-8', { fatal: true }).decode(bytes)), diagnostics: [] };
  } catch {
    return { diagnostics: [refuse(name, 'not UTF-8 text')] };
  }
}

export function unreadable(file: string, why: unknown): Diagnostic {
  return problem('W003', { file, line: 1, column: 1 }, { detail: detailOf(why) });
}

/**
 * @param user the id of the file's owner
 */
export function plantedBy(user: number): string {
  return `owned by another user (${user}) in a folder that all users can write to; copy it to a folder of yours`;
}

export function detailOf(why: unknown): string {
  return why instanceof Error ? why.message : String(why);
}
