import { containerResults } from '../events/container-results.ts';
import type { MoreResults } from './build-run.ts';

/** Where each phase has its results in the JSON document. */
const fields = { verify: 'verifications', exec: 'containers' } as const;

/** Returns how each verification, or each container of an action, stands. */
export function containersDocument(phase: keyof typeof fields): MoreResults {
  return (state) => ({ [fields[phase]]: state === undefined ? [] : containerResults(state, phase) });
}
