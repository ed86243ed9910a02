import type { Diagnostic } from '../model/diagnostic.ts';

/**
 * Sorts by file, line and column. Diagnostics without a place come first. Two uses of one anchor report the same
 * mistake at the same place, so duplicates are removed.
 */
export function sorted(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const byKey = new Map<string, Diagnostic>();
  for (const diagnostic of diagnostics) {
    const { code, message, place } = diagnostic;
    const key = JSON.stringify([code, message, place?.file, place?.line, place?.column]);
    if (!byKey.has(key)) byKey.set(key, diagnostic);
  }
  return [...byKey.values()].sort(compare);
}

function compare(a: Diagnostic, b: Diagnostic): number {
  const byCode = a.code < b.code ? -1 : a.code > b.code ? 1 : 0;
  if (!a.place || !b.place) return Number(Boolean(a.place)) - Number(Boolean(b.place)) || byCode;
  if (a.place.file !== b.place.file) return a.place.file < b.place.file ? -1 : 1;
  return a.place.line - b.place.line || a.place.column - b.place.column || byCode;
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}
