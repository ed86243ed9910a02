import type { Interaction } from '../interaction.ts';
import type { QueuedRequest, QueuedStart, StartRequest } from '../run-service.ts';
import type { RequestedRun } from '../../events/queued-run.ts';
import type { RunId } from '../../model/ids.ts';
import { placeMistakes } from '../places/places.ts';
import type { Machine } from '../machine.ts';
import { recordRun } from './begin-run.ts';
import { heldBy } from './held-by.ts';
import { TreeReading } from './tree-reading.ts';

/**
 * Takes a run from the queue and drives it. What the queued run asks for decides what runs, and `request` how. Mistakes
 * in the configuration and in what was asked for are recorded: the run exists already.
 */
export async function beginQueued(
  machine: Machine,
  id: RunId,
  request: QueuedRequest,
  interaction: Interaction,
): Promise<QueuedStart> {
  const store = await machine.store();
  const waiting = await store.queued(id);
  if (waiting === undefined) return { status: 'begun' };
  const start = startRequestOf(waiting.settings, request);
  const where = machine.places.where(start, start);
  const [place, misplaced] = await Promise.all([machine.place(start.path), placeMistakes(where)]);
  if (misplaced.length > 0) return { status: 'refused', diagnostics: misplaced };
  const taken = await store.take(id);
  if (taken.status === 'held') return heldBy(taken.by);
  if (taken.status === 'begun') return taken;
  const { run, queued } = taken;
  const loading = machine.frontEnd.load({ runNumber: async () => await Promise.resolve(run.number), ...start });
  loading.catch(() => undefined);
  const tree = new TreeReading(machine, start, Promise.resolve(place));
  const creating = Promise.resolve(run);
  const describe = async () => await Promise.resolve(queued.source);
  return {
    status: 'driven',
    run: await recordRun(machine, start, { where, place, describe, tree, loading, creating, interaction, queued }),
  };
}

/** Returns the whole request. The configuration is at `request.path` if that is given, such as a checkout of `ref`. */
function startRequestOf(
  { path, environment, inputs = {} }: Pick<RequestedRun, 'path' | 'environment' | 'inputs'>,
  request: QueuedRequest,
): StartRequest {
  return {
    stages: [],
    steps: [],
    path,
    ...request,
    ...(environment !== undefined && { environment }),
    inputs: Object.entries(inputs).map(([name, value]) => ({ name, value, from: 'argument' as const })),
  };
}
