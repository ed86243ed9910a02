import { ApiError } from '../../clusters/api/api-error.ts';
import { refusedPermission } from '../../clusters/refused-permission.ts';
import { problemOf, type Problem } from './problem-of.ts';

const notShown = 'its message is not shown, because it may contain values of the Secret';

/** Their texts name fields, permissions, sums and namespaces. */
const withoutValues: ReadonlySet<Problem['cause']> = new Set(['conflict', 'no-kind', 'no-namespace', 'quota']);

/**
 * Returns what is wrong with a Secret that the cluster refused, as `problemOf` does, but without the cluster's texts that
 * may quote values. Fields stay, and what the cluster expects there.
 */
export function secretProblemOf(error: unknown): Problem | undefined {
  const problem = problemOf(error);
  if (problem === undefined || !(error instanceof ApiError)) return problem;
  const { cause } = problem;
  if (withoutValues.has(cause)) return problem;
  if (cause === 'forbidden' && refusedPermission(error.said) !== undefined) return problem;
  if (cause === 'webhook') {
    const who = /^the (?:admission webhook|policy) "[^"]*"(?: of the cluster)?/.exec(problem.detail)?.[0];
    return { detail: `${who ?? 'an admission webhook'} refused it, or could not be called: ${notShown}`, cause };
  }
  const lines = linesOf(error);
  if (cause === 'immutable') return { detail: problem.detail, lines, cause };
  const [first] = lines;
  const kept = cause === undefined ? {} : { cause };
  if (first === undefined) return { detail: withheld(error), ...kept };
  return lines.length === 1
    ? { detail: first, ...kept }
    : { detail: `${lines.length} fields are wrong`, lines, ...kept };
}

/** Returns a text in place of the cluster's. */
export function withheld({ status }: ApiError): string {
  return `the cluster answered with HTTP ${status}: ${notShown}`;
}

function linesOf({ said, details }: ApiError): readonly string[] {
  const causes = details?.causes ?? [];
  if (causes.length > 0)
    return causes.map(({ field = '', reason = '' }) => `${field}: ${words[reason] ?? 'is refused'}`);
  const typed = [...said.matchAll(/(?:^|\s)\.([^\s:]+): (?:(expected [^,\n]+), got |field not declared in schema)/g)];
  return typed.map(([, field, expected]) => `${field}: ${expected ?? 'the cluster knows no such field'}`);
}

/** What the reasons of causes mean (k8s.io/apimachinery, meta/v1, `CauseType`). */
const words: Readonly<Record<string, string>> = {
  FieldValueInvalid: 'the value is invalid, or cannot be changed',
  FieldValueForbidden: 'the field cannot be set, or cannot be changed',
  FieldValueRequired: 'a value is required',
  FieldValueDuplicate: 'the value is there twice',
  FieldValueNotFound: 'the value refers to something that does not exist',
  FieldValueNotSupported: 'the value is not supported',
  FieldValueTooLong: 'the value is too long',
  FieldValueTypeInvalid: 'the value has the wrong type',
};
