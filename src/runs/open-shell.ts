import { stateOf } from './machine.ts';
import type { ShellEnd, ShellIo } from './run-service.ts';
import type { RunId, StepId } from '../model/ids.ts';
import type { Failure } from '../model/outcome.ts';
import { shownSpec, shownVariables } from '../model/shown-plan.ts';
import { isParts } from '../model/stored-plan.ts';
import type { FrontEnd } from '../engine/front-end.ts';
import { currentIteration, type RunState, type StepState } from '../events/run-state.ts';
import { labelKeys, type Runtime, type WorkloadRef } from '../runtime/runtime.ts';
import { RuntimeRefused } from '../runtime/runtime-refused.ts';
import { stepContainer } from '../steps/workload/make-workload-spec.ts';
import { explainAbsence } from './places/choose-runtime.ts';
import type { Machine } from './machine.ts';

/** Opens a shell with the files of a step that was kept or still runs. */
export async function openShell(
  machine: Pick<Machine, 'places' | 'frontEnd' | 'store' | 'clock'>,
  run: RunId,
  step: StepId,
  io: ShellIo,
): Promise<ShellEnd> {
  try {
    return await open(machine, run, step, io);
  } catch (error) {
    if (error instanceof RuntimeRefused) return { status: 'ended', exit: { failure: error.failure } };
    throw error;
  }
}

async function open(
  machine: Pick<Machine, 'places' | 'frontEnd' | 'store' | 'clock'>,
  run: RunId,
  step: StepId,
  io: ShellIo,
): Promise<ShellEnd> {
  const state = await stateOf(machine, run);
  const found = state.steps.get(step);
  const where = machine.places.ofRun(state)?.steps;
  if (where === undefined || found === undefined)
    return { status: 'not-kept', message: 'the run did not reach this step' };
  const mistakes = await where.clusters.mistakes(where.on);
  if (mistakes.length > 0) return { status: 'refused', diagnostics: mistakes };
  const choice = await machine.places.choose(where, undefined, io.signal);
  if (choice.status === 'none') return { status: 'unavailable', detail: explainAbsence(choice) };
  await using runtime = choice.runtime;
  const ref = await lastAttempt(
    runtime,
    { [labelKeys.store]: (await machine.store()).id, [labelKeys.run]: run, [labelKeys.step]: step },
    io.signal,
  );
  if (ref === undefined) return { status: 'not-kept', message: 'the step was not kept' };
  const { shell: argv, env } = shellOf(machine.frontEnd, state, found);
  const shell = [argv];
  const local = await runtime.localShell?.(ref);
  if (local !== undefined) {
    const code = await io.local(shell, { ...local, env: { ...local.env, ...env } });
    return { status: 'ended', exit: { code } };
  }
  const output = { write: () => undefined, lost: () => undefined, observe: () => undefined };
  const adopted = await runtime.adopt(ref, { signal: io.signal, clock: machine.clock, output });
  if (adopted.status === 'failed' && !isGone(adopted.failure)) return { status: 'ended', exit: adopted };
  if (adopted.status !== 'succeeded')
    return { status: 'not-kept', message: 'the workload of the step no longer exists' };
  return { status: 'ended', exit: await adopted.value.open(stepContainer, shell, io.terminal()) };
}

const defaultShell = '/bin/sh';

/** Returns the shell and the environment of a step, without variables that contain secrets: secrets are not stored. */
function shellOf(
  { kinds, values, fill }: Pick<FrontEnd, 'kinds' | 'values' | 'fill'>,
  state: RunState,
  { planned: { spec } }: StepState,
): { readonly shell: string; readonly env: Readonly<Record<string, string>> } {
  const stored: unknown = kinds.of(spec).shell?.(spec) ?? defaultShell;
  const env: object = 'env' in spec ? (spec.env as object) : {};
  const plain = {
    kind: spec.kind,
    shell: typeof stored === 'string' ? stored : defaultShell,
    env: Object.fromEntries(Object.entries(env).filter(([, text]) => !isParts(text))) as Record<string, string>,
  };
  const variables = values(shownVariables(currentIteration(state)?.variables ?? []), new Map());
  return fill(shownSpec(plain), variables) as typeof plain;
}

/** Reports whether the workload is gone for good. After any other failure it may be back at the next request. */
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
