import type { ShellEnd, ShellIo } from './services.ts';
import type { RunId, StepId } from '../model/ids.ts';
import type { Failure } from '../model/outcome.ts';
import { shownSpec, shownVariables } from '../model/shown-plan.ts';
import { isParts, type StoredStep } from '../model/stored-plan.ts';
import { filledIn, valuesOf } from '../wharf/vars/filled-in.ts';
import { labelKeys, type Runtime, type WorkloadRef } from '../runtime/runtime.ts';
import { RuntimeRefused } from '../runtime/runtime-refused.ts';
import { stepContainer } from '../steps/workload/workload-of.ts';
import { explainAbsence } from './choose-runtime.ts';
import type { Workshop } from './workshop.ts';

/** A shell with the files of a step that was kept, or one that still runs. */
export async function openShell(workshop: Workshop, run: RunId, step: StepId, io: ShellIo): Promise<ShellEnd> {
  try {
    return await open(workshop, run, step, io);
  } catch (error) {
    if (error instanceof RuntimeRefused) return { status: 'ended', exit: { failure: error.failure } };
    throw error;
  }
}

async function open(workshop: Workshop, run: RunId, step: StepId, io: ShellIo): Promise<ShellEnd> {
  const state = await workshop.stateOf(run);
  const found = state.steps.get(step);
  const where = workshop.whereItRan(state);
  if (where === undefined || found === undefined)
    return { status: 'not-kept', message: 'the run never came to this step' };
  const mistakes = await where.clusters.mistakes(where.on);
  if (mistakes.length > 0) return { status: 'refused', diagnostics: mistakes };
  const choice = await workshop.choose(where, undefined, io.signal);
  if (choice.status === 'none') return { status: 'unavailable', detail: explainAbsence(choice) };
  await using runtime = choice.runtime;
  const ref = await lastAttempt(
    runtime,
    { [labelKeys.store]: (await workshop.store()).id, [labelKeys.run]: run, [labelKeys.step]: step },
    io.signal,
  );
  if (ref === undefined) return { status: 'not-kept', message: 'the step was not kept' };
  const spec = filledIn(
    shownSpec(withoutSecrets(found.planned.spec)),
    valuesOf(shownVariables(state.iterations.at(-1)?.variables ?? []), new Map()),
  );
  const shell = [spec.kind === 'container' ? spec.shell : '/bin/sh'];
  const local = await runtime.localShell?.(ref);
  if (local !== undefined) {
    const code = await io.local(shell, { ...local, env: { ...local.env, ...('env' in spec ? spec.env : {}) } });
    return { status: 'ended', exit: { code } };
  }
  const output = { write: () => undefined, lost: () => undefined, observe: () => undefined };
  const adopted = await runtime.adopt(ref, { signal: io.signal, clock: workshop.parts.clock, output });
  if (adopted.status === 'failed' && !isGone(adopted.failure)) return { status: 'ended', exit: adopted };
  if (adopted.status !== 'succeeded') return { status: 'not-kept', message: 'what was kept of the step is gone' };
  return { status: 'ended', exit: await adopted.value.open(stepContainer, shell, io.terminal()) };
}

/** Secrets are stored nowhere, and what people see in place of one must not be run. */
function withoutSecrets(spec: StoredStep['spec']): StoredStep['spec'] {
  const plain =
    'env' in spec
      ? { ...spec, env: Object.fromEntries(Object.entries(spec.env).filter(([, text]) => !isParts(text))) }
      : spec;
  return plain.kind === 'container' && isParts(plain.shell) ? { ...plain, shell: '/bin/sh' } : plain;
}

/** What is not gone may be there again when it is asked for the next time. */
function isGone({ code }: Failure): boolean {
  return code === 'workload-deleted' || code === 'start-failed';
}

async function lastAttempt(
  runtime: Runtime,
  labels: Record<string, string>,
  signal: AbortSignal,
): Promise<WorkloadRef | undefined> {
  let last: WorkloadRef | undefined;
  const attempt = (ref: WorkloadRef) => Number(ref.labels[labelKeys.attempt] ?? 0);
  for await (const ref of runtime.find(labels, signal))
    if (last === undefined || attempt(ref) > attempt(last)) last = ref;
  return last;
}
