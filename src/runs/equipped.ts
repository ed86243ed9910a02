import type { RunCluster } from '../model/run-cluster.ts';
import type { Equipped } from '../engine/run-driver.ts';
import type { RunSettings } from '../events/event.ts';
import type { CrewHolder } from './driven-run.ts';
import type { HeldSecrets } from './held-secrets.ts';
import type { CrewRequest, Workshop } from './workshop.ts';

/** All that the steps of a run need, found. */
export interface Equipping extends Pick<
  CrewRequest,
  'run' | 'stages' | 'sink' | 'runtime' | 'snapshot' | 'project' | 'variables'
> {
  readonly held: HeldSecrets;
  /** As they were asked for; which runtime it became is known from the runtime. */
  readonly settings: RunSettings;
  /** Where the runtime is a cluster. */
  readonly cluster: RunCluster | undefined;
  /** What people should know before the first stage, in sentences. */
  readonly notes: readonly string[];
}

/** The run's crew, which `holder` has from then on, so that it is closed with the run. */
export async function equipped(
  workshop: Workshop,
  { held, settings, cluster, notes, ...parts }: Equipping,
  holder: CrewHolder,
): Promise<Extract<Equipped, { readonly status: 'ready' }>> {
  const { secrets, mask, provisions } = held;
  const { runtime, snapshot } = parts;
  const crew = await workshop.crew({
    ...parts,
    secrets,
    mask,
    provisions,
    pull: settings.pull,
    keepFailed: settings.keepFailed,
  });
  holder.crew = crew;
  const removing = async () => {
    const since = workshop.parts.clock.now();
    holder.activity = () => ({ type: 'removing', since, workspaces: crew.leftBehind().length });
    return await crew.settled().finally(() => (holder.activity = undefined));
  };
  const { cluster: _before, ...asked } = settings;
  const found = { ...asked, runtime: runtime.kind, engine: runtime.engine, ...(cluster && { cluster }) };
  return { status: 'ready', settings: found, workspace: snapshot.ref, crew: { ...crew, settled: removing }, notes };
}
