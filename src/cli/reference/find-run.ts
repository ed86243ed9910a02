/**
 * RUN on the command line: an id, the beginning of one, a number of the project, or `latest` (docs/design/product.md,
 * "Ids").
 */
import { foldRun, type RunState, type StepState } from '../../events/run-state.ts';
import type { RunId } from '../../model/ids.ts';
import type { RunReader, Store } from '../../store/store.ts';
import type { Invocation } from '../invocation.ts';
import { suggest } from '../../diagnostics/suggest.ts';
import { UsageError } from '../usage-error.ts';
import { findStep } from './step-reference.ts';

export interface FoundRun {
  readonly id: RunId;
  readonly store: Store;
}

export async function findRun(invocation: Invocation, reference: string): Promise<FoundRun> {
  if (reference === '') throw new UsageError('an empty RUN names no run');
  const services = await invocation.services();
  const [store, project] = await Promise.all([services.store(), services.project(invocation.directory)]);
  const found = await store.resolve(reference, project);
  switch (found.status) {
    case 'found':
      return { id: found.run, store };
    case 'ambiguous':
      throw new UsageError(`\`${reference}\` fits ${found.candidates.length} runs`, [...found.candidates]);
    case 'none':
      throw new UsageError(
        reference === 'latest' ? 'this project has no runs yet' : `there is no run \`${reference}\``,
        [`for those of this project: ${invocation.slipway} runs`, 'for those of all projects: slipway runs --all'],
      );
  }
}

/** What the log holds of the run now. */
export async function stateOf(reader: RunReader): Promise<RunState> {
  return await foldRun(reader.follow(0, new AbortController().signal, 'now', 'structural'));
}

export function requireStep(state: RunState, reference: string): StepState {
  const found = findStep(state, reference);
  switch (found.status) {
    case 'found':
      return found.step;
    case 'ambiguous':
      throw new UsageError(
        `\`${reference}\` fits ${found.candidates.length} steps`,
        found.candidates.map((step) => `${step.stage}/${step.planned.name}   ${step.planned.id}`),
      );
    case 'none':
      throw new UsageError(`the run has no step \`${reference}\``, stepList(state, reference));
  }
}

function stepList(state: RunState, reference: string): string[] {
  const names = [...state.steps.values()].map((step) => `${step.stage}/${step.planned.name}`);
  if (names.length === 0) return ['it ended before it had any'];
  const meant = suggest(reference, [...names, ...[...state.steps.values()].map((step) => step.planned.name)]);
  if (meant !== undefined) return [`did you mean ${meant}?`];
  return [`it has ${names.slice(0, 10).join(', ')}${names.length > 10 ? ` and ${names.length - 10} more` : ''}`];
}
