import { openExecutor, type RunExecutor } from './step-executor.ts';
import type { RunCluster } from '../../model/run-cluster.ts';
import type { Equipped, StepExecutor } from '../../engine/run-driver.ts';
import type { Clock } from '../../model/clock.ts';
import type { RunSettings } from '../../events/event.ts';
import type { ExecutorHolder } from './driven-run.ts';
import type { HeldSecrets } from '../secrets/held-secrets.ts';
import type { ExecutorRequest } from './step-executor.ts';
import type { Machine } from '../machine.ts';

/** All that the steps of a run need. */
export interface ExecutionParts extends Pick<
  ExecutorRequest,
  'run' | 'stages' | 'sink' | 'runtime' | 'snapshot' | 'project' | 'variables'
> {
  readonly held: HeldSecrets;
  /** The requested settings. The runtime itself says which runtime was chosen. */
  readonly settings: RunSettings;
  /** Present if the runtime is a cluster. */
  readonly cluster: RunCluster | undefined;
  /** Sentences to show before the first stage. */
  readonly notes: readonly string[];
}

/** Opens the run's executor and puts it in `holder`, which closes it with the run. */
export async function prepareExecution(
  machine: Pick<Machine, 'clock' | 'store' | 'files' | 'frontEnd'>,
  { held, settings, cluster, notes, ...parts }: ExecutionParts,
  holder: ExecutorHolder,
): Promise<Extract<Equipped, { readonly status: 'ready' }>> {
  const { secrets, mask, provisions } = held;
  const { runtime, snapshot } = parts;
  const executor = await openExecutor(machine, {
    ...parts,
    secrets,
    mask,
    provisions,
    pull: settings.pull,
    keepFailed: settings.keepFailed,
  });
  const showing = showRemoval(executor, machine.clock, holder);
  const { cluster: _before, ...asked } = settings;
  const found = { ...asked, runtime: runtime.kind, engine: runtime.engine, ...(cluster && { cluster }) };
  return {
    status: 'ready',
    settings: found,
    workspace: snapshot.ref,
    executor: showing,
    notes,
  };
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
