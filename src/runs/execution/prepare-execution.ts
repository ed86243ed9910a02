import { openExecutor, type RunExecutor } from './step-executor.ts';
import type { Equipped, StepExecutor } from '../../engine/run-driver.ts';
import type { Clock } from '../../model/clock.ts';
import type { RunSettings } from '../../events/event.ts';
import type { ExecutorHolder } from './driven-run.ts';
import type { HeldSecrets } from '../secrets/held-secrets.ts';
import type { ExecutorRequest } from './step-executor.ts';
import type { Machine } from '../machine.ts';
import type { FoundPlaces } from '../places/places.ts';
import type { Warning } from '../../model/warning.ts';

/** All that the steps of a run need. */
export interface ExecutionParts extends Pick<
  ExecutorRequest,
  'run' | 'stages' | 'sink' | 'snapshot' | 'project' | 'variables' | 'followed'
> {
  readonly held: HeldSecrets;
  /** The requested settings. The places that were found replace those in them. */
  readonly settings: RunSettings;
  readonly found: FoundPlaces;
  /** Sentences to show before the first stage. */
  readonly notes: readonly Warning[];
}

/** Opens the run's executor and puts it in `holder`, which closes it with the run. */
export async function prepareExecution(
  machine: Pick<Machine, 'clock' | 'store' | 'files' | 'frontEnd' | 'commands'>,
  { held, settings, found, notes, ...parts }: ExecutionParts,
  holder: ExecutorHolder,
): Promise<Extract<Equipped, { readonly status: 'ready' }>> {
  const { secrets, mask, provisions } = held;
  const { snapshot } = parts;
  const executor = await openExecutor(machine, {
    ...parts,
    places: found.places,
    secrets,
    mask,
    provisions,
    pull: settings.pull,
    keepFailed: settings.keepFailed,
  });
  const showing = showRemoval(executor, machine.clock, holder);
  return {
    status: 'ready',
    settings: { ...withoutPlaces(settings), ...found.settings },
    workspace: snapshot.ref,
    executor: showing,
    notes,
  };
}

function withoutPlaces(settings: RunSettings): RunSettings {
  const {
    runtime: _runtime,
    engine: _engine,
    cluster: _cluster,
    builds: _builds,
    deploys: _deploys,
    ...rest
  } = settings;
  return rest;
}

/** Gives the run its executor. `holder` shows how many workspaces are still to be removed. */
export function showRemoval(executor: RunExecutor, clock: Clock, holder: ExecutorHolder): StepExecutor {
  holder.executor = executor;
  return {
    ...executor,
    async settled() {
      const since = clock.now();
      holder.activity = () => ({ type: 'removing', since, workspaces: executor.leftBehind().length });
      return await executor.settled().finally(() => (holder.activity = undefined));
    },
  };
}
