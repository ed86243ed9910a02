/** The services of the commands over an in-memory store. Stories provide the runs, and nothing is executed. */
import type { Interaction } from '../../src/runs/interaction.ts';
import { schemaNamed } from '../../src/app/schemas.ts';
import type { SchemaName } from '../../src/schema/json-schema.ts';
import { allCodes } from '../../src/runs/all-codes.ts';
import { wharfCodes } from '../../src/wharf/problem.ts';
import { wharfKinds } from '../../src/wharf/steps/wharf-kinds.ts';
import type { StepSpec } from '../../src/model/plan.ts';
import type { RunState, StepState } from '../../src/events/run-state.ts';
import { stepTextOf } from './step-texts.ts';
import type { VariableScope } from '../../src/model/variable-scope.ts';
import type { LoadedPipeline, PipelineOutline, PipelineRequest } from '../../src/engine/front-end.ts';
import type {
  Abandoned,
  DrivenRun,
  QueuedStart,
  Rerun,
  Resumed,
  ShellEnd,
  ShellIo,
  Started,
  StartRequest,
} from '../../src/runs/run-service.ts';
import type { Examined, LookedAt } from '../../src/runs/inspection.ts';
import type { LeftBy, Leftovers, RemainingWorkload } from '../../src/runs/cleanup/cleanup.ts';
import type { CachedImages, ExplainedBuild } from '../../src/runs/build-cache.ts';
import type { PlaceRequest } from '../../src/runs/places/places.ts';
import type { CachePruning, PrunedCache, PrunedSharedCache, SharedCachePruning } from '../../src/model/cached-image.ts';
import type { Services } from '../../src/runs/services.ts';
import type { DriveResult } from '../../src/engine/run-driver.ts';
import type { Checked, Diagnostic } from '../../src/model/diagnostic.ts';
import type { Clock } from '../../src/model/clock.ts';
import { makeRunId, type RunId, type StepId } from '../../src/model/ids.ts';
import type { CancelReason, Failure } from '../../src/model/outcome.ts';
import type { WorkloadRef } from '../../src/runtime/runtime.ts';
import { MemoryState } from '../../src/store/memory/memory-state.ts';
import { openMemoryStore } from '../../src/store/memory/memory-store.ts';
import type { OwnedRun, OwnerIdentity, Pruned, Retention, Store } from '../../src/store/store.ts';
import type {
  ConfigurationNames,
  ConfigurationReader,
  ConfigurationRequest,
  MergedConfigurations,
  UpgradedFile,
} from '../../src/engine/configuration-reader.ts';
import type {
  InitAnswers,
  InitProposal,
  InitRequest,
  ProjectFindings,
  ProjectInitializer,
} from '../../src/engine/project-initializer.ts';
import type { ArtifactFile } from '../../src/workspace/workspace.ts';
import type { RunStory } from './run-story.ts';

export const storyProject = '/home/me/shop';

const owner: OwnerIdentity = { host: 'here', bootId: 'boot', pidNamespace: 'ns', pid: 1, startTime: '1' };

export class FakeServices implements Services {
  readonly memory = new MemoryState();
  /** The calls in order. */
  readonly calls: string[] = [];
  /** The story of the next started run. Without one, `start` is an error. */
  story: RunStory | undefined;
  /** If set, a started run continues until this resolves. */
  until: Promise<unknown> | undefined;
  pipeline: Checked<LoadedPipeline> = { diagnostics: [] };
  scope: Checked<VariableScope> = { diagnostics: [] };
  parts: PipelineOutline | undefined;
  requested: StartRequest | PipelineRequest | undefined;
  /** Who the last start may ask. */
  interaction: Interaction | undefined;
  readonly cancelled: CancelReason[] = [];
  left: readonly WorkloadRef[] = [];
  resumed: Resumed = { status: 'finished' };
  again: Rerun = { status: 'impossible', detail: 'nothing was planned' };
  abandoned: Abandoned = 'owned';
  examined: readonly Examined[] = [];
  leftover: Leftovers = {
    items: [],
    elsewhere: [],
    unanswered: [],
    clean: async () => [],
    [Symbol.asyncDispose]: async () => undefined,
  };
  files: readonly ArtifactFile[] = [];
  disposed = 0;
  /** What `skaffold.yaml` files mean. */
  merged: MergedConfigurations = { configurations: [], yaml: '', diagnostics: [] };
  /** The images of the artifacts of each file. */
  readonly images: Record<string, readonly string[]> = {};
  upgraded: Checked<UpgradedFile> = { diagnostics: [] };
  names: ConfigurationNames = { profiles: [], modules: [], actions: [] };
  configurationRequest: ConfigurationRequest | undefined;
  environment: Readonly<Record<string, string>> = {};
  readonly configurations: ConfigurationReader = {
    environment: async () => await Promise.resolve({ value: this.environment, diagnostics: [] }),
    merged: async (request) => {
      this.configurationRequest = request;
      return await Promise.resolve(this.merged);
    },
    names: async (path) => {
      this.calls.push(`names ${path}`);
      return await Promise.resolve(this.names);
    },
    images: async (path) => await Promise.resolve(this.images[path] ?? []),
    upgraded: async (path) => {
      this.calls.push(`upgraded ${path}`);
      return await Promise.resolve(this.upgraded);
    },
    fetched: async (url) => {
      this.calls.push(`fetched ${url.href}`);
      return await Promise.resolve({ value: 'kind: Config', diagnostics: [] });
    },
  };
  cached: CachedImages = { images: [], stepCaches: [] };
  pruned: PrunedCache = { removed: [], kept: 0, indexes: { removed: 0, bytes: 0 } };
  prunedShared: PrunedSharedCache = { removed: [], kept: 0, bytes: 0 };
  pruning: CachePruning | SharedCachePruning | undefined;
  explained: ExplainedBuild = { status: 'explained', artifacts: [], diagnostics: [] };
  /** What a project has, and what `init` makes of it. */
  findings: ProjectFindings = {
    ...{ builders: [], images: [], manifests: [], kustomizations: [], charts: [], others: [], leftOut: [] },
    ...{ taken: new Set<string>(), mistakes: [] },
  };
  initRequest: InitRequest | undefined;
  propose: (answers: InitAnswers) => Partial<InitProposal> = () => ({});
  readonly initializer: ProjectInitializer = {
    inspect: async (request) => {
      this.initRequest = request;
      return await Promise.resolve(this.findings);
    },
    propose: async (_request, _findings, answers) =>
      await Promise.resolve({
        ...{ artifacts: [], unmatched: [], questions: [], leftOut: [], mistakes: [], files: [], diagnostics: [] },
        ...{ yaml: 'kind: Config\n', ...this.propose(answers) },
      }),
  };
  alive = true;
  readonly #store: Store;
  #made = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#store = openMemoryStore({ state: this.memory, owner, clock, isAlive: () => this.alive });
  }

  async cachedImages({ on }: PlaceRequest) {
    this.calls.push(`cachedImages ${on.join(',')}`);
    return await Promise.resolve(this.cached);
  }

  async pruneCache(pruning: CachePruning) {
    this.pruning = pruning;
    return await Promise.resolve(this.pruned);
  }

  async pruneSharedCache(pruning: SharedCachePruning) {
    this.pruning = pruning;
    return await Promise.resolve(this.prunedShared);
  }

  async explainBuild(request: StartRequest) {
    this.requested = request;
    return await Promise.resolve(this.explained);
  }

  stepText(spec: StepSpec) {
    return wharfKinds.text(spec);
  }

  stepTextOf(state: RunState, step: StepState) {
    return stepTextOf(state, step);
  }

  async codes() {
    return await allCodes({ codes: async () => await Promise.resolve(wharfCodes) });
  }

  async schema(name: SchemaName) {
    return await Promise.resolve(schemaNamed(name));
  }

  async store(): Promise<Store> {
    this.calls.push('store');
    return this.#store;
  }

  async project(): Promise<string> {
    return storyProject;
  }

  async load(request: PipelineRequest): Promise<Checked<LoadedPipeline>> {
    this.calls.push('load');
    this.requested = request;
    return this.pipeline;
  }

  async variables(request: PipelineRequest): Promise<Checked<VariableScope>> {
    this.calls.push('variables');
    this.requested = request;
    return this.scope;
  }

  async outline(path: string): Promise<PipelineOutline | undefined> {
    this.calls.push(`outline ${path}`);
    return this.parts;
  }

  async start(request: StartRequest, interaction?: Interaction): Promise<Started> {
    this.interaction = interaction;
    this.calls.push('start');
    this.requested = request;
    if (this.misplaced.length > 0) return { status: 'refused', diagnostics: this.misplaced };
    if (this.story === undefined) throw new Error('this test has no story');
    const owned = await this.begin();
    return { status: 'driven', run: this.drive(owned, this.story) };
  }

  async startQueued(): Promise<QueuedStart> {
    this.calls.push('startQueued');
    return await Promise.resolve({ status: 'begun' });
  }

  /** Stores a run as an earlier process would have. */
  async tell(story: RunStory, options: { release?: boolean } = {}): Promise<RunId> {
    const owned = await this.begin();
    await append(owned, story);
    if (options.release !== false) await owned.release();
    return owned.id;
  }

  async begin(): Promise<OwnedRun> {
    const random = new Uint8Array(10).fill(++this.#made);
    return await this.#store.create({
      id: makeRunId(this.#clock.now() + this.#made, random),
      project: storyProject,
      createdAt: this.#clock.now(),
    });
  }

  drive(owned: OwnedRun, story: RunStory): DrivenRun {
    const done = (async (): Promise<DriveResult> => {
      await append(owned, story, (type) => type !== 'run.finished');
      await this.until;
      await append(owned, story, (type) => type === 'run.finished');
      await owned.release();
      const end = story.events.at(-1);
      if (end?.type !== 'run.finished') throw new Error('the story has no end');
      return { run: owned.id, status: end.status, ...(end.because === undefined ? {} : { because: end.because }) };
    })();
    done.catch(() => undefined);
    return {
      id: owned.id,
      number: owned.number,
      events: owned.log,
      done,
      cancel: (because) => this.cancelled.push(because),
      leftBehind: () => this.left,
      activity: () => undefined,
    };
  }

  async rerun(): Promise<Rerun> {
    this.calls.push('rerun');
    return this.again;
  }

  async resume(): Promise<Resumed> {
    this.calls.push('resume');
    return this.resumed;
  }

  async abandon(): Promise<Abandoned> {
    this.calls.push('abandon');
    return this.abandoned;
  }

  async artifacts() {
    return {
      list: async () => this.files,
      writeTo: async (_artifact: unknown, directory: string) => void this.calls.push(`writeTo ${directory}`),
    };
  }

  /** If set, a shell that exits with this code, in a container or on the host. */
  kept: { readonly code: number; readonly on: 'container' | 'host' } | undefined;
  /** If set, why no shell can be opened. */
  shut: Failure | undefined;

  async shell(_run: RunId, step: StepId, io: ShellIo): Promise<ShellEnd> {
    this.calls.push(`shell ${step}`);
    if (this.shut !== undefined) return { status: 'ended', exit: { failure: this.shut } };
    if (this.kept === undefined) return { status: 'not-kept', message: 'the step was not kept' };
    if (this.kept.on === 'host')
      return { status: 'ended', exit: { code: await io.local(['sh'], { directory: '/kept', env: {} }) } };
    const terminal = io.terminal();
    await terminal.write(new TextEncoder().encode(`${terminal.size.columns}x${terminal.size.rows}`));
    return { status: 'ended', exit: { code: this.kept.code } };
  }

  /** What is wrong with the place of a run. */
  misplaced: readonly Diagnostic[] = [];

  async checkPlace(): Promise<readonly Diagnostic[]> {
    return this.misplaced;
  }

  /** The names of clusters in the operator's file. */
  clusters: readonly string[] = [];

  async clusterNames(): Promise<readonly string[]> {
    return this.clusters;
  }

  /** The contexts of the user's kubeconfig. */
  contexts: readonly string[] = [];

  async contextNames(): Promise<readonly string[]> {
    return this.contexts;
  }

  async examine(where: LookedAt): Promise<readonly Examined[]> {
    this.calls.push(`examine ${JSON.stringify(where)}`);
    return this.examined;
  }

  async leftovers(where: LookedAt & LeftBy): Promise<Leftovers> {
    this.calls.push(`leftovers ${JSON.stringify(where)}`);
    return this.leftover;
  }

  staying: readonly RemainingWorkload[] = [];
  removed: Pruned['removed'] = [];

  async prune(policy: Retention) {
    this.calls.push(`prune ${JSON.stringify(policy)}`);
    return { removed: this.removed, kept: 0, bytes: 0, caches: { removed: 0, bytes: 0 }, staying: this.staying };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disposed++;
    await this.#store[Symbol.asyncDispose]();
    this.memory[Symbol.dispose]();
  }
}

async function append(owned: OwnedRun, story: RunStory, wanted: (type: string) => boolean = () => true): Promise<void> {
  const events = story.events
    .filter((event) => wanted(event.type))
    .map(({ run: _run, epoch: _epoch, seq: _seq, ...event }) => event);
  if (events.length > 0) await owned.log.append(events);
}
