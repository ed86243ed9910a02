import { problem } from '../../diagnostics/problem.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import type { Checked, Diagnostic } from '../../model/diagnostic.ts';
import type { PipelineFiles } from './locate-pipeline.ts';

/** Says that a file cannot be read. @param why an error, or a sentence */
export type Refusal = (file: string, why: unknown) => Diagnostic;

/** The text of a file that is there, or why it cannot be had. @param name as diagnostics call it */
export async function readSource(
  path: string,
  name: string,
  files: PipelineFiles,
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
    return { diagnostics: [refuse(name, 'it is not UTF-8 text')] };
  }
}

export function unreadable(file: string, why: unknown): Diagnostic {
  return problem('W003', { file, line: 1, column: 1 }, { detail: detailOf(why) });
}

/** @param user the number of whoever it belongs to */
export function plantedBy(user: number): string {
  return `it belongs to another user (${user}), in a folder that everybody may write to; copy it to one of your own`;
}

export function detailOf(why: unknown): string {
  return why instanceof Error ? why.message : String(why);
}
