import type { Command } from 'commander';
import type { RunState } from '../../events/run-state.ts';
import { isEnd } from '../../model/status.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { findRun, stateOf, type FoundRun } from '../reference/find-run.ts';
import { refuse } from '../refuse.ts';
import type { Abandoned } from '../../runs/run-service.ts';
import { isStoreError } from '../is-store-error.ts';
import { stopOnSignal } from '../stop-on-signal.ts';
import { formatSpan } from '../../words/duration.ts';

export function define(command: Command, invocation: Invocation): void {
  command
    .argument('<run>', 'number, id, id prefix, or latest')
    .option('--no-wait', 'request the cancellation, but do not wait for it')
    .action(
      invocation.action(
        async (reference: string, flags: { wait: boolean }) => await cancel(invocation, reference, flags.wait),
      ),
    );
}

async function cancel(invocation: Invocation, reference: string, wait: boolean): Promise<number> {
  const found = await findRun(invocation, reference);
  const before = await endOf(found);
  if (isEnd(before.status)) return await tellEnd(invocation, found, before, 'had already ended');
  const services = await invocation.services();
  using stop = stopOnSignal(invocation.host);
  await found.store.request(found.id, { type: 'cancel', by: 'slipway cancel' });
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
    if (!wait) return await tellAsked(invocation, found);
    await waitForEnd(found, stop.signal);
  }
  const state = await endOf(found);
  return isEnd(state.status) ? await tellEnd(invocation, found, state, 'ended') : await tellAsked(invocation, found);
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

/** Waits until the run has ended or its owner is dead. */
async function waitForEnd({ id, store }: FoundRun, signal: AbortSignal): Promise<void> {
  await using reader = await store.read(id);
  for await (const event of reader.follow(0, signal, 'finished', 'structural'))
    if (event.type === 'run.finished') return;
}

async function endOf({ id, store }: FoundRun): Promise<RunState> {
  await using reader = await store.read(id);
  return await stateOf(reader);
}

async function tellAsked(invocation: Invocation, { id }: FoundRun): Promise<number> {
  if (invocation.json) await invocation.printJson({ run: id, status: 'asked' });
  else await invocation.print(['requested the cancellation; the cleanup may take a while']);
  return exitCodes.succeeded;
}

async function tellEnd(invocation: Invocation, { id }: FoundRun, state: RunState, verb: string): Promise<number> {
  if (invocation.json)
    await invocation.printJson({
      run: id,
      status: state.status,
      because: state.because ?? null,
      finishedAt: state.finishedAt ?? null,
    });
  else {
    const span = formatSpan(state.startedAt ?? state.queuedAt, state.finishedAt);
    await invocation.print([`#${state.number ?? ''} ${verb}: ${state.status}${span === '' ? '' : ` after ${span}`}`]);
  }
  return exitCodes.succeeded;
}
