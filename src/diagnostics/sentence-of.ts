import type { Diagnostic } from '../model/diagnostic.ts';

/** Joins the errors to one sentence, for a caller that embeds it in a message of its own. */
export function sentenceOf(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ message, help }) => (help === undefined ? message : `${message}; ${help}`))
    .join('; ');
}
