import type { Command } from 'commander';
import type { StoredEvent } from '../../events/event.ts';
import type { RunState, StepState } from '../../events/run-state.ts';
import type { RequestState, RunRequest } from '../../store/store.ts';
import { isEnd } from '../../model/status.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { findRun, requireStep, stateOf, type FoundRun } from '../reference/find-run.ts';
import { notEmpty } from '../run-flags.ts';
import { UsageError } from '../usage-error.ts';
import { visible } from '../../util/visible.ts';
import { refuse } from '../refuse.ts';
import type { Abandoned } from '../../runs/run-service.ts';
import { isStoreError } from '../is-store-error.ts';
import { stopOnSignal } from '../stop-on-signal.ts';
import { formatSpan } from '../../words/duration.ts';

interface CancelFlags {
  readonly wait: boolean;
  readonly step?: string;
  readonly reason?: string;
}

const longestReason = 1_000;

export function define(command: Command, invocation: Invocation): void {
  command
    .argument('<run>', 'number, id, id prefix, or latest', notEmpty('RUN'))
    .option('--step <step>', 'cancel only this step: an id, a name, or STAGE/NAME', notEmpty('--step'))
    .option('--reason <text>', 'why, for the log of the run', parseReason)
    .option('--no-wait', 'request the cancellation, but do not wait for it')
    .action(
      invocation.action(async (reference: string, flags: CancelFlags) => {
        const found = await findRun(invocation, reference);
        return flags.step === undefined
          ? await cancel(invocation, found, flags)
          : await cancelStep(invocation, found, { ...flags, step: flags.step });
      }),
    );
}

function parseReason(text: string): string {
  if (text.length > longestReason) throw new UsageError(`--reason is longer than ${longestReason} characters`);
  return notEmpty('--reason')(text);
}

const by = 'slipway cancel';

async function cancel(invocation: Invocation, found: FoundRun, { wait, reason }: CancelFlags): Promise<number> {
  const before = await endOf(found);
  if (isEnd(before.status)) return await tellEnd(invocation, found, before, 'had already ended');
  const services = await invocation.services();
  using stop = stopOnSignal(invocation.host);
  const sent = await found.store.request(found.id, { type: 'cancel', by, ...(reason !== undefined && { reason }) });
  // A run without an owner handles no requests, so this process ends it. The owner may also die while this process
  // waits.
  while (!stop.signal.aborted) {
    const abandoned = await services.abandon(found.id).catch(async (error: unknown) => {
      if (isStoreError(error))
        await invocation.tell('requested the cancellation, but the store cannot record how the run ends');
      throw error;
    });
    if (typeof abandoned === 'object') return await tellStays(invocation, abandoned);
    if (abandoned !== 'owned') break;
    if (!wait) return await tellAsked(invocation, found, sent);
    await waitFor(found, stop.signal, ({ type }) => type === 'run.finished');
  }
  const state = await endOf(found);
  return isEnd(state.status)
    ? await tellEnd(invocation, found, state, 'ended')
    : await tellAsked(invocation, found, sent);
}

/** Only the owner can cancel one step. */
async function cancelStep(
  invocation: Invocation,
  found: FoundRun,
  { wait, step: reference, reason }: CancelFlags & { readonly step: string },
): Promise<number> {
  const step = requireStep(await endOf(found), reference);
  const { id } = step.planned;
  if (isEnd(step.status)) return await tellStepEnd(invocation, found, step, 'had already ended');
  if ((await found.store.summary(found.id))?.status !== 'inProgress') throw noOwner(invocation, found);
  using stop = stopOnSignal(invocation.host);
  const request = { type: 'cancelStep', step: id, by, ...(reason !== undefined && { reason }) } as const;
  const sent = await found.store.request(found.id, request);
  if (!wait) return await tellAsked(invocation, found, sent);
  let last: RequestState = { status: 'waiting' };
  for await (const state of found.store.requestStates(found.id, sent.id, stop.signal)) {
    last = state;
    // A newer owner may follow, but not while this one lives.
    if (state.status === 'waiting' && state.detail !== undefined) throw new UsageError(state.detail);
  }
  if (last.status === 'done')
    await waitFor(found, stop.signal, (event) => event.type === 'step.finished' && event.step === id);
  const after = (await endOf(found)).steps.get(id) ?? step;
  if (isEnd(after.status))
    return await tellStepEnd(invocation, found, after, last.status === 'refused' ? 'had already ended' : 'ended');
  if (last.status === 'refused') throw new UsageError(last.detail);
  if (stop.signal.aborted) return await tellAsked(invocation, found, sent);
  throw noOwner(invocation, found);
}

function noOwner({ slipway }: Invocation, { id }: FoundRun): UsageError {
  return new UsageError('no process drives the run, so no step of it can be cancelled', [
    `to resume it: ${slipway} resume ${id}`,
    `to cancel it as a whole: ${slipway} cancel ${id}`,
  ]);
}

/** Reports that the run stays interrupted: its leftovers are on a runtime that does not respond. */
async function tellStays(invocation: Invocation, stays: Exclude<Abandoned, string>): Promise<number> {
  const said = stays.status === 'refused' ? await refuse(invocation, stays.diagnostics) : exitCodes.unavailable;
  await invocation.tell(
    ...(stays.status === 'refused' ? [] : stays.detail.split('\n')),
    'the run stays interrupted: cannot remove its leftovers there',
  );
  return said;
}

/** Waits for an event, at most until the run has ended or its owner is dead. */
async function waitFor(
  { id, store }: FoundRun,
  signal: AbortSignal,
  isAwaited: (event: StoredEvent) => boolean,
): Promise<void> {
  await using reader = await store.read(id);
  for await (const event of reader.follow(0, signal, 'finished', 'structural')) if (isAwaited(event)) return;
}

async function endOf({ id, store }: FoundRun): Promise<RunState> {
  await using reader = await store.read(id);
  return await stateOf(reader);
}

async function tellAsked(invocation: Invocation, { id, store }: FoundRun, sent: RunRequest): Promise<number> {
  const step = sent.type === 'cancelStep' ? { step: sent.step } : {};
  let request: RequestState['status'] = 'waiting';
  for await (const state of store.requestStates(id, sent.id, new AbortController().signal)) {
    request = state.status;
    break;
  }
  if (invocation.json) await invocation.printJson({ run: id, ...step, status: 'asked', request });
  else {
    const read = request === 'waiting' ? '' : ', and the owner has received it';
    await invocation.print([`requested the cancellation${read}; the cleanup may take a while`]);
  }
  return exitCodes.succeeded;
}

async function tellStepEnd(invocation: Invocation, { id }: FoundRun, step: StepState, verb: string): Promise<number> {
  const { status, startedAt, finishedAt, outcome, planned } = step;
  if (invocation.json)
    await invocation.printJson({
      run: id,
      step: planned.id,
      status,
      outcome: outcome ?? null,
      finishedAt: finishedAt ?? null,
    });
  else {
    const span = startedAt === undefined ? '' : formatSpan(startedAt, finishedAt);
    const after = span === '' ? '' : ` after ${span}`;
    await invocation.print([`${visible(planned.name)} (${planned.id}) ${verb}: ${status}${after}`]);
  }
  return exitCodes.succeeded;
}

async function tellEnd(
  invocation: Invocation,
  { id, store }: FoundRun,
  state: RunState,
  verb: string,
): Promise<number> {
  if (invocation.json)
    await invocation.printJson({
      run: id,
      status: state.status,
      because: state.because ?? null,
      finishedAt: state.finishedAt ?? null,
    });
  else {
    const span = formatSpan(state.startedAt ?? state.queuedAt, state.finishedAt);
    // The log of a run that ended before its plan may lack the number.
    const number = state.number ?? (await store.summary(id))?.number;
    const name = number === undefined ? id : `#${number}`;
    await invocation.print([`${name} ${verb}: ${state.status}${span === '' ? '' : ` after ${span}`}`]);
  }
  return exitCodes.succeeded;
}
