import type { Interaction } from '../interaction.ts';
import { basename } from 'node:path';
import type { DrivenRun, Started, StartRequest } from '../run-service.ts';
import { driveNew } from '../../engine/drive-run.ts';
import type { RunControl } from '../../engine/run-control.ts';
import type { Preparation } from '../../engine/run-driver.ts';
import type { RunSettings, Source } from '../../events/event.ts';
import type { QueuedRun } from '../../events/queued-run.ts';
import { Cancelled } from '../../model/outcome.ts';
import type { PlannedStage } from '../../model/plan.ts';
import { maskedDiagnostics } from '../../secrets/masked-diagnostics.ts';
import { closePlaces } from '../../runtime/run-places.ts';
import { WorkspaceError } from '../../workspace/workspace-error.ts';
import type { Snapshot } from '../../workspace/workspace.ts';
import { sorted } from '../../diagnostics/sorted.ts';
import type { OwnedRun } from '../../store/store.ts';
import { createRun } from './create-run.ts';
import { TreeReading } from './tree-reading.ts';
import { drivenRun, maskedLog, type ExecutorHolder } from '../execution/driven-run.ts';
import { prepareExecution } from '../execution/prepare-execution.ts';
import { fittingPlaces, type Unavailable } from '../places/fitting-places.ts';
import { holdsNone, type HeldSecrets } from '../secrets/held-secrets.ts';
import { maskedPipeline, maskOfFile } from '../secrets/known-secrets.ts';
import type { SourcePlace } from './read-source.ts';
import type { Read, ReadPipeline } from '../../engine/front-end.ts';
import { placeMistakes, type FoundPlaces, type RunWhere } from '../places/places.ts';
import type { Machine } from '../machine.ts';
import { warnings } from '../../model/warning.ts';
import { onAbort } from '../../util/abort.ts';

/** Records a run and drives it. Independent tasks run in parallel. If the command line is wrong, records nothing. */
export async function beginRun(machine: Machine, request: StartRequest, interaction: Interaction): Promise<Started> {
  const where = machine.places.where(request, request);
  const placing = machine.place(request.path, request.build !== undefined);
  // Git runs while this process reads the pipeline and opens the store.
  const unwanted = new AbortController();
  const describing = placing.then(async (place) => await machine.describe(place, unwanted.signal));
  describing.catch(() => undefined);
  const describe = async (signal: AbortSignal) => {
    using _stopped = onAbort(signal, (reason) => unwanted.abort(reason));
    return await describing;
  };
  const tree = new TreeReading(machine, request, placing);
  const stopReading = () => {
    unwanted.abort();
    tree.stop().catch(() => undefined);
  };
  try {
    const [place, misplaced] = await Promise.all([placing, placeMistakes(where)]);
    const project = misplaced.length > 0 ? undefined : place.project;
    const { loading, creating } = await readAndCreate(machine, request, project, unwanted.signal);
    if (creating !== undefined)
      return {
        status: 'driven',
        run: await recordRun(machine, request, { where, place, describe, tree, loading, creating, interaction }),
      };
    stopReading();
    const { diagnostics } = await maskedPipeline(await loading);
    return { status: 'refused', diagnostics: sorted([...diagnostics, ...misplaced]) };
  } catch (error) {
    // Without a run, such as on a full disk, nothing waits for Git.
    stopReading();
    throw error;
  }
}

interface Begun {
  readonly loading: Promise<Read<ReadPipeline>>;
  /** Absent if the command line is wrong. */
  readonly creating?: Promise<OwnedRun>;
}

/**
 * Reads the pipeline. Creates the run as soon as the pipeline accepts the command line.
 * @param project absent: creates no run
 * @param signal stops what the front end waits for
 */
async function readAndCreate(
  machine: Pick<Machine, 'frontEnd' | 'store' | 'clock'>,
  request: StartRequest,
  project: string | undefined,
  signal: AbortSignal,
): Promise<Begun> {
  let creating: Promise<OwnedRun> | undefined;
  let accepted = () => {};
  const accepting = new Promise<void>((resolve) => {
    accepted = () => {
      creating = project === undefined ? undefined : createRun(machine, project);
      creating?.catch(() => undefined);
      resolve();
    };
  });
  // Diagnostics do not depend on the number.
  const runNumber = async () => (await creating)?.number ?? 1;
  const loading = machine.frontEnd.load({ runNumber, ...request, accepted, signal });
  loading.catch(() => undefined);
  await Promise.race([accepting, loading]);
  return { loading, ...(creating !== undefined && { creating }) };
}

/** Records a run that this process owns, and drives it. @param queued what was asked for if the run waited in the queue */
export async function recordRun(
  machine: Machine,
  request: StartRequest,
  {
    where,
    place,
    describe,
    tree,
    loading,
    creating,
    interaction,
    queued,
  }: Required<Begun> & {
    readonly where: RunWhere;
    readonly place: SourcePlace;
    /** Returns what Git says of the place, as far as the signal lets it, or what the queued run says. */
    readonly describe: (signal: AbortSignal) => Promise<Source>;
    readonly tree: TreeReading;
    readonly interaction: Interaction;
    readonly queued?: QueuedRun;
  },
): Promise<DrivenRun> {
  const folder = creating.then(async ({ id }) => (await machine.store()).folder(id));
  tree.keepIn(folder);
  const run = await creating;
  const holder: ExecutorHolder = {};
  let places = where;
  let held: HeldSecrets = holdsNone;
  const preparation: Preparation = {
    clock: machine.clock,
    ...(queued && { trigger: queued.trigger, annotations: queued.annotations }),
    openSink: maskedLog(machine, () => held.mask),
    source: describe,
    async plan(signal) {
      const { value, ...read } = await loading;
      const hideOfFile = async () => {
        held = { ...holdsNone, mask: await maskOfFile(read) };
        return maskedDiagnostics(held.mask, read.diagnostics);
      };
      const name = value?.name ?? basename(place.directory);
      if (value === undefined) return { name, diagnostics: await hideOfFile() };
      places = placesOf(machine, where, request, value);
      const { prepareSecrets, secretSources } = await import('../secrets/prepare-secrets.ts');
      const secrets = await prepareSecrets(
        { ...read, value },
        secretSources(machine, request.kubeContext, interaction, places.steps, signal),
      );
      if (secrets instanceof Cancelled) return { name, diagnostics: await hideOfFile(), cancelled: true };
      // Do not build the mask of large secrets again if there are no diagnostics to mask.
      const diagnostics = secrets.value === undefined || read.diagnostics.length > 0 ? await hideOfFile() : [];
      const all = [...diagnostics, ...secrets.diagnostics];
      if (secrets.value === undefined) return { name, diagnostics: all };
      const { plan, ...prepared } = secrets.value;
      held = prepared;
      return { name, diagnostics: all, plan };
    },
    async equip({ stages, variables }, sink, signal) {
      const begun = await placesAndTree(machine, { interaction, where: places, stages, tree, holder }, signal);
      if (begun.status !== 'ready') return begun;
      const { found, snapshot } = begun;
      return await prepareExecution(
        machine,
        {
          run,
          stages,
          sink,
          found,
          snapshot,
          project: place.project,
          variables,
          held,
          settings: settingsOf(request),
          notes: warnings('W082', snapshot.notes),
        },
        holder,
      );
    },
  };
  const drive = async (control: RunControl) => {
    try {
      return await driveNew(run, control, preparation);
    } finally {
      await tree.stop();
    }
  };
  return drivenRun(run, drive, holder);
}

function settingsOf({ pull, keepFailed, jobs, environment, kubeContext, build }: StartRequest): RunSettings {
  return {
    pull,
    keepFailed,
    ...(jobs !== undefined && { jobs }),
    ...(environment !== undefined && { environment }),
    ...(kubeContext !== undefined && { kubeContext }),
    ...(build?.fileOutput !== undefined && { fileOutput: build.fileOutput }),
    ...(build?.containers !== undefined && { deployed: 'jobs' }),
  };
}

/** Returns the places of a run. The configuration may choose those that the command line leaves open. */
function placesOf(
  machine: Pick<Machine, 'places'>,
  where: RunWhere,
  request: StartRequest,
  { places }: Pick<ReadPipeline, 'places'>,
): RunWhere {
  if (places === undefined) return where;
  const builds = places.builds ?? request.builds;
  const deploys = places.deploys ?? request.deploys;
  return machine.places.where(places.steps ?? request, {
    ...request,
    ...(builds && { builds }),
    ...(deploys && { deploys }),
  });
}

interface Wanted {
  readonly interaction: Interaction;
  readonly where: RunWhere;
  readonly stages: readonly PlannedStage[];
  readonly tree: TreeReading;
  /** Gets the progress of reading the tree. */
  readonly holder: ExecutorHolder;
}

type Begin = { readonly status: 'ready'; readonly found: FoundPlaces; readonly snapshot: Snapshot } | Unavailable;

/** Finds the places while the tree is read. */
async function placesAndTree(
  machine: Pick<Machine, 'places' | 'frontEnd'>,
  { interaction, where, stages, tree, holder }: Wanted,
  signal: AbortSignal,
): Promise<Begin> {
  holder.activity = () => tree.activity();
  const reading = tree.result(signal).finally(() => (holder.activity = undefined));
  reading.catch(() => undefined);
  const fitting = await fittingPlaces(machine, where, interaction.confirmHost, stages, signal);
  if (fitting.status !== 'ready') {
    await tree.stop();
    return fitting;
  }
  const { found } = fitting;
  let snapshot: Snapshot | WorkspaceError | undefined;
  try {
    snapshot = await reading;
    if (!(snapshot instanceof WorkspaceError)) return { status: 'ready', found, snapshot };
  } finally {
    if (snapshot === undefined || snapshot instanceof WorkspaceError) await closePlaces(found.places);
  }
  const detail = snapshot.help === undefined ? snapshot.message : `${snapshot.message}\n  ${snapshot.help}`;
  return { status: 'unavailable', because: snapshot.code === 'disk-full' ? 'store' : 'runtime', detail };
}
