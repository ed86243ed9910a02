import type { Diagnostic } from '../model/diagnostic.ts';

/** Mistakes as one sentence, for whoever tells them in words of its own. */
export function sentenceOf(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ message, help }) => (help === undefined ? message : `${message}; ${help}`))
    .join('; ');
}
