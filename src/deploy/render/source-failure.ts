import { failed, succeeded, type Failure, type Outcome } from '../../model/outcome.ts';
import type { Manifest } from '../kubernetes-object.ts';
import { parseManifests } from '../manifests/parse-manifests.ts';

/** What is wrong with one source of manifests, a sentence each. */
export function renderFailed(source: string, problems: readonly string[]): Outcome<never> {
  return failed({ code: 'render-failed', source, detail: problems.join('\n') });
}

/** Returns the objects that a program printed. Failure `render-failed`, with the line and column of each mistake. */
export function printedManifests(text: string, source: string): Outcome<readonly Manifest[]> {
  const { manifests, problems } = parseManifests(text, source);
  if (problems.length === 0) return succeeded(manifests);
  const shown = problems.map(({ line, column, message }) => `line ${line}, column ${column}: ${message}`);
  return renderFailed(source, ['its output is not valid:', ...shown]);
}

/** Returns a failure of one of several sources as lines of text. */
export function failureLines(failure: Failure): readonly string[] {
  switch (failure.code) {
    case 'render-failed':
      return [`${failure.source}:`, ...failure.detail.split('\n').map((line) => `  ${line}`)];
    case 'exit-nonzero':
      return [`${failure.command ?? 'a command'} exited with code ${failure.exitCode}`];
    default:
      return [`${failure.code}: ${'detail' in failure ? (failure.detail ?? '') : ''}`];
  }
}
