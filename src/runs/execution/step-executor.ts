import type { FrontEnd, VariableValues } from '../../engine/front-end.ts';
import type { StepExecutor } from '../../engine/run-driver.ts';
import type { RunSettings } from '../../events/event.ts';
import type { WorkloadOutput } from '../../events/run-state.ts';
import type { EventSink } from '../../events/sink.ts';
import type { Clock } from '../../model/clock.ts';
import type { PlannedStage, UsedVariable } from '../../model/plan.ts';
import type { Provisions } from '../../model/provisions.ts';
import type { TarSource } from '../../model/tree.ts';
import type { CommandRecords } from '../../runtime/command-records.ts';
import { closePlaces, mapPlaces, runtimesOf, type RunPlaces } from '../../runtime/run-places.ts';
import type { WorkloadRef } from '../../runtime/runtime.ts';
import type { Mask } from '../../secrets/mask.ts';
import type { RunSecrets } from '../../secrets/run-secrets.ts';
import { byKind } from '../../steps/by-kind.ts';
import { filled } from '../../steps/decorators/filled.ts';
import { guarded } from '../../steps/decorators/guarded.ts';
import { masked } from '../../steps/decorators/masked.ts';
import { recorded } from '../../steps/decorators/recorded.ts';
import { restarted } from '../../steps/decorators/restarted.ts';
import { retried } from '../../steps/decorators/retried.ts';
import { timed } from '../../steps/decorators/timed.ts';
import { FollowedPositions } from '../../steps/followed-positions.ts';
import { RunResources } from '../../steps/run-resources.ts';
import { filesTree } from '../../steps/workload/files-tree.ts';
import type { RunIdentity } from '../../steps/workload/make-workload-spec.ts';
import type { OwnedRun } from '../../store/store.ts';
import type { ArtifactStore, CacheStore, Snapshot } from '../../workspace/workspace.ts';
import type { Machine } from '../machine.ts';
import { artifactsWhileOwned, cachesWhileOwned } from './while-owned.ts';
import { warnings, type Warning } from '../../model/warning.ts';

/** The parts that the steps of one run use. */
export interface ExecutorRequest {
  readonly run: OwnedRun;
  readonly stages: readonly PlannedStage[];
  readonly sink: EventSink;
  readonly places: RunPlaces;
  readonly snapshot: Snapshot;
  readonly project: string;
  readonly variables: readonly UsedVariable[];
  readonly secrets: RunSecrets;
  readonly mask: Mask;
  readonly provisions: Provisions;
  readonly pull: RunSettings['pull'];
  readonly keepFailed: boolean;
  /** The output of followed containers that earlier processes stored. */
  readonly followed?: readonly WorkloadOutput[];
}

/** A step executor that also lists what a run leaves behind. */
export type RunExecutor = StepExecutor & { leftBehind(): readonly WorkloadRef[] };

/** Opens the parts that steps share on this machine. The run's lease guards each part. */
export async function openExecutor(
  machine: Pick<Machine, 'clock' | 'store' | 'files' | 'frontEnd' | 'commands'>,
  request: ExecutorRequest,
): Promise<RunExecutor> {
  const store = await machine.store();
  // Only `recorded` and the engine raise events, so the run records these notes at its end.
  const notes: Warning[] = [];
  const [artifacts, caches] = await Promise.all([
    machine.files.openArtifacts(store.folder(request.run.id)),
    machine.files.openCaches((message) => void notes.push({ code: 'W086', message })),
  ]);
  const confirm = () => request.run.confirm();
  return stepExecutor({
    ...request,
    clock: machine.clock,
    frontEnd: machine.frontEnd,
    identity: { store: store.id, run: request.run.id, stages: request.stages },
    places: mapPlaces(request.places, (runtime) => runtime.whileOwned(confirm)),
    commands: async () => (await machine.commands()).whileOwned(confirm),
    artifacts: artifactsWhileOwned(artifacts, confirm),
    caches: cachesWhileOwned(caches, confirm),
    notes,
  });
}

interface ExecutorParts extends Omit<ExecutorRequest, 'run' | 'snapshot'> {
  readonly clock: Clock;
  readonly frontEnd: Pick<FrontEnd, 'kinds' | 'values' | 'fill'>;
  readonly identity: RunIdentity;
  readonly snapshot: TarSource;
  readonly commands: () => Promise<CommandRecords>;
  readonly artifacts: ArtifactStore;
  readonly caches: CacheStore;
  /** `settled` empties the list when it returns them. */
  readonly notes: Warning[];
}

/** Returns the steps of one run with their decorators, the outermost first. */
function stepExecutor(parts: ExecutorParts): RunExecutor {
  const { frontEnd, sink, clock, mask, places } = parts;
  const resources = new RunResources({
    ...parts,
    runtimes: runtimesOf(places),
    stored: async () => await sink.stored(),
  });
  const values: VariableValues = frontEnd.values(
    // No `${name}` means a key of the operator's secrets.
    parts.variables.filter((variable) => !('mapped' in variable)),
    parts.secrets.inputs,
  );
  const kinds = byKind(frontEnd.kinds, {
    ...parts,
    runtime: places.steps,
    builds: places.builds,
    deploys: places.deploys,
    resources,
    values,
    filesTree,
  });
  const fill = filled((spec) => frontEnd.fill(spec, values));
  const positions = new FollowedPositions(parts.followed);
  const restart = restarted(frontEnd.kinds.restarting);
  return {
    steps: recorded(sink, clock, masked(mask)(guarded(fill(restart(retried(timed(kinds)))))), positions),
    finished: (step, result) => resources.finished(step, result),
    takeOver: async (steps, signal) => await resources.takeOver(steps.values(), signal),
    removeAll: async (steps, signal) => await resources.removeAll(steps, signal),
    settled: async () => [...parts.notes.splice(0), ...warnings('W087', await resources.settled())],
    leftBehind: () => resources.leftBehind(),
    close: async () => await closePlaces(places),
  };
}
