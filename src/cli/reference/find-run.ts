/**
 * Resolves RUN on the command line: an id, an id prefix, a number of the project, or `latest` (docs/design/product.md,
 * "Ids").
 */
import { foldRun, type RunState, type StepState } from '../../events/run-state.ts';
import type { RunId } from '../../model/ids.ts';
import type { RunReader, Store } from '../../store/store.ts';
import type { Invocation } from '../invocation.ts';
import { didYouMean } from '../../diagnostics/code-entry.ts';
import { quoted } from '../../util/visible.ts';
import { UsageError } from '../usage-error.ts';
import { findStep } from './step-reference.ts';

export interface FoundRun {
  readonly id: RunId;
  readonly store: Store;
}

export async function findRun(invocation: Invocation, reference: string): Promise<FoundRun> {
  if (reference === '') throw new UsageError('RUN is empty');
  const services = await invocation.services();
  const [store, project] = await Promise.all([services.store(), services.project(invocation.directory)]);
  const found = await store.resolve(reference, project);
  switch (found.status) {
    case 'found':
      return { id: found.run, store };
    case 'ambiguous':
      // The store returns only the newest matches.
      throw new UsageError(`${quoted(reference)} matches several runs, such as`, [
        ...found.candidates,
        'pass more characters of the id',
      ]);
    case 'none':
      invocation.requireDirectory();
      throw new UsageError(reference === 'latest' ? 'this project has no runs yet' : `unknown run \`${reference}\``, [
        `to list the runs of this project: ${invocation.slipway} runs`,
        'to list all runs: slipway runs --all',
      ]);
  }
}

/** Returns the current state of the run from its log. */
export async function stateOf(reader: RunReader): Promise<RunState> {
  return await foldRun(reader.follow(0, new AbortController().signal, 'now', 'structural'));
}

/**
 * Returns the step that a reference means. Throws a `UsageError` with the possible ones.
 * @param containers what else the command accepts
 */
export function requireStep(state: RunState, reference: string, containers: readonly string[] = []): StepState {
  const found = findStep(state, reference);
  switch (found.status) {
    case 'found':
      return found.step;
    case 'ambiguous':
      throw new UsageError(
        `\`${reference}\` matches ${found.candidates.length} steps`,
        found.candidates.map((step) => `${step.stage}/${step.planned.name}   ${step.planned.id}`),
      );
    case 'none':
      throw unknownStep(state, reference, containers);
  }
}

function unknownStep(state: RunState, reference: string, containers: readonly string[]): UsageError {
  const steps = [...state.steps.values()];
  const message = `the run has no step ${containers.length > 0 ? 'or container ' : ''}${quoted(reference)}`;
  if (steps.length === 0) return new UsageError(message, ['the run ended before it was planned']);
  const paths = steps.map((step) => `${step.stage}/${step.planned.name}`);
  const known = [...paths, ...steps.map((step) => step.planned.name), ...containers];
  return new UsageError(`${message}${didYouMean(reference, known)}`, [
    `steps: ${firstOf(paths)}`,
    ...(containers.length > 0 ? [`containers: ${firstOf(containers)}`] : []),
  ]);
}

function firstOf(names: readonly string[]): string {
  const more = names.length > 10 ? ` and ${names.length - 10} more` : '';
  return `${names.slice(0, 10).join(', ')}${more}`;
}
