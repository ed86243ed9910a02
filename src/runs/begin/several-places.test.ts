/** Runs whose steps run on one runtime, and whose images are built on another. */
import { noCommands } from '../../../test/rigs/no-commands.ts';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryRig } from '../../../test/rigs/memory-rig.ts';
import { newRunId, queuedRun, type StoreRig } from '../../../test/rigs/store-rig.ts';
import { openArtifactStore } from '../../workspace/artifacts/artifact-store.ts';
import { openCacheStore } from '../../workspace/caches/cache-store.ts';
import { openSnapshot, shareSnapshot, takeSnapshot } from '../../workspace/snapshot/snapshot.ts';
import { systemClock } from '../../model/clock.ts';
import type { StepId } from '../../model/ids.ts';
import { FakeEngine } from '../../runtime/fake/fake-engine.ts';
import { FakeImageBuilder } from '../../runtime/fake/fake-image-builder.ts';
import { fakeRuntime } from '../../runtime/fake/fake-runtime.ts';
import type { Connection, RuntimeProvider } from '../../runtime/runtime.ts';
import { openBatchedSink } from '../../store/log/batched-sink.ts';
import type { Store } from '../../store/store.ts';
import { wharfFrontEnd } from '../../wharf/front-end.ts';
import { pipelineFile } from '../../wharf/plan/locate-pipeline.ts';
import { localServices } from '../local-services.ts';
import { stateOf } from '../machine.ts';
import { Places } from '../places/places.ts';
import type { StartRequest } from '../run-service.ts';
import { describeSource, placeSource } from './read-source.ts';

const pipeline = `
image:
  web: {docker: {file: Dockerfile, destination: registry.example/web, tag: "1", push: false}}
test:
  unit: {container: {image: web, shell: fake, cmds: ["hang"]}}
`;

describe('a run with several places', () => {
  let root: string;
  let folder: string;
  let rig: StoreRig;
  let images: FakeImageBuilder;
  const engines = { steps: new FakeEngine(), builder: new FakeEngine() };
  const closed: string[] = [];
  let builderAnswers = true;

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'slipway-places-'));
    folder = join(root, 'project');
    mkdirSync(folder);
    writeFileSync(join(folder, pipelineFile), pipeline);
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n');
    rig = await memoryRig();
    images = new FakeImageBuilder();
    engines.steps = new FakeEngine();
    engines.builder = new FakeEngine();
    closed.length = 0;
    builderAnswers = true;
  });
  afterEach(async () => {
    await rig[Symbol.asyncDispose]();
    rmSync(root, { recursive: true });
  });

  function provider(kind: 'steps' | 'builder'): RuntimeProvider {
    return {
      kind,
      async connect(): Promise<Connection> {
        if (kind === 'builder' && !builderAnswers)
          return { status: 'unavailable', looked: [{ where: 'the builder', result: 'no answer' }], advice: [] };
        const runtime = fakeRuntime({
          kind,
          clock: systemClock,
          engine: engines[kind],
          ...(kind === 'builder' && { images }),
          script: () => ({ does: 'hang' }),
        });
        const dispose = async () => void closed.push(kind);
        const owned = runtime.whileOwned.bind(runtime);
        return await Promise.resolve({
          status: 'connected',
          runtime: Object.assign(runtime, {
            [Symbol.asyncDispose]: dispose,
            whileOwned: (confirm: () => void) => Object.assign(owned(confirm), { [Symbol.asyncDispose]: dispose }),
          }),
        });
      },
    };
  }

  async function process(name: string) {
    const store: Store = await rig.open(name);
    const operator = async () => await Promise.resolve({ diagnostics: [] });
    const surroundings = { env: {}, home: folder, clock: systemClock, operator };
    const local = {
      steps: async () => await Promise.resolve(provider('steps')),
      builder: async () => await Promise.resolve(provider('builder')),
    };
    const machine = {
      ...surroundings,
      places: new Places({ ...surroundings, local, kubernetes: async () => await Promise.reject(new Error('none')) }),
      commands: async () => await Promise.resolve(noCommands),
      frontEnd: wharfFrontEnd({ ...surroundings, platform: 'linux' }),
      openStore: async () => await Promise.resolve(store),
      openSink: async (log: never, onBroken: never) =>
        await Promise.resolve(openBatchedSink({ log, clock: systemClock, onBroken })),
      place: async (path: string) => await placeSource(path, pipelineFile),
      describe: async (place: never, signal: AbortSignal) => await describeSource(place, {}, signal),
      files: {
        takeSnapshot: async (request: never) => await takeSnapshot(request),
        openSnapshot,
        shareSnapshot,
        openArtifacts: openArtifactStore,
        openCaches: async () => await Promise.resolve(openCacheStore(join(root, 'caches'), { clock: systemClock })),
      },
      tryCluster: async () => await Promise.reject(new Error('no cluster')),
      plainWorkload: async () => await Promise.reject(new Error('no cluster')),
      schemas: async () => await Promise.reject(new Error('none')),
    };
    const services = localServices(machine as never, {
      retention: (now) => ({ now }),
      pruneMarker: join(root, 'pruned'),
    });
    return { services, store };
  }

  const request = (): StartRequest => ({
    path: folder,
    stages: [],
    steps: [],
    inputs: [],
    on: ['steps'],
    builds: { on: ['builder'] },
    pull: 'missing',
    keepFailed: false,
    gitIgnore: true,
  });

  /** Starts a run and waits until its last step hangs. */
  async function hanging(name: string) {
    const { services, store } = await process(name);
    const started = await services.start(request());
    if (started.status !== 'driven') throw new Error(JSON.stringify(started.diagnostics));
    const { run } = started;
    for await (const event of run.events.follow(0, new AbortController().signal, 'finished')) {
      if (event.type === 'step.observed' && event.fact.type === 'workload.started') break;
      if (event.type === 'run.finished') throw new Error(JSON.stringify(event));
    }
    return { services, store, run };
  }

  it('builds on the one and runs steps on the other, and its log names both', async () => {
    const { run, store } = await hanging('one');
    expect(images.builds.map(({ references }) => references)).toEqual([['registry.example/web:1']]);
    expect([engines.steps.workloads.size, engines.builder.workloads.size]).toEqual([1, 0]);
    const { settings } = await stateOf({ store: async () => await Promise.resolve(store) }, run.id);
    expect(settings).toMatchObject({
      runtime: 'steps',
      engine: 'fake',
      builds: { runtime: 'builder', engine: 'fake' },
    });
    run.cancel('user');
    run.cancel('user');
    await run.done;
    expect(closed.sort()).toEqual(['builder', 'steps']);
  });

  it('ends before its first step if one of its places does not answer, and closes the other', async () => {
    builderAnswers = false;
    const { services } = await process('one');
    const started = await services.start(request());
    if (started.status !== 'driven') throw new Error(JSON.stringify(started.diagnostics));
    expect(await started.run.done).toMatchObject({ status: 'failed', because: 'runtime' });
    expect(closed).toEqual(['steps']);
  });

  it('is refused if the place of its images builds none', async () => {
    const { services } = await process('one');
    const started = await services.start({ ...request(), builds: { on: ['steps'] } });
    if (started.status !== 'driven') throw new Error(JSON.stringify(started.diagnostics));
    expect(await started.run.done).toMatchObject({ status: 'failed', because: 'runtime' });
  });

  it('is resumed on both, and adopts running steps', async () => {
    const { run } = await hanging('one');
    rig.processes.kill('one');
    const { services, store } = await process('two');
    const resumed = await services.resume(run.id, {});
    if (resumed.status !== 'driven') throw new Error(JSON.stringify(resumed));
    for await (const event of resumed.run.events.follow(0, new AbortController().signal, 'finished'))
      if (event.type === 'step.observed' && event.fact.type === 'workload.adopted') break;
    expect(engines.steps.counts.adopted).toBe(1);
    // The build is done, so it is not done again.
    expect(images.builds).toHaveLength(1);
    resumed.run.cancel('user');
    resumed.run.cancel('user');
    await resumed.run.done;
    const { settings } = await stateOf({ store: async () => await Promise.resolve(store) }, run.id);
    expect(settings?.builds).toEqual({ runtime: 'builder', engine: 'fake' });
  });

  it('is not resumed while one of its places does not answer', async () => {
    const { run } = await hanging('one');
    rig.processes.kill('one');
    builderAnswers = false;
    const { services } = await process('two');
    expect(await services.resume(run.id, {})).toMatchObject({ status: 'unavailable' });
  });

  it('leaves nothing on either when it is abandoned', async () => {
    const { run } = await hanging('one');
    // A builder in a cluster is a workload of the run.
    const [record] = engines.steps.workloads.values();
    engines.builder.add({ ...record!, spec: { ...record!.spec, name: 'a-builder' } });
    rig.processes.kill('one');
    const { services } = await process('two');
    expect(await services.abandon(run.id)).toBe('ended');
    expect([engines.steps.workloads.size, engines.builder.workloads.size]).toEqual([0, 0]);
  });

  it('begins from the queue as it was requested, once', async () => {
    writeFileSync(
      join(folder, pipelineFile),
      `inputs: [{name: colour, type: string}]
environments: {prod: {WHO: ann}}
test: {unit: {container: {image: x, shell: fake, cmds: ["hang \${colour} \${WHO}"]}}}\n`,
    );
    const { services, store } = await process('one');
    const queued = queuedRun('shop');
    const settings = { ...queued.settings, path: folder };
    const { id } = await store.enqueue({ id: newRunId(), project: 'p', createdAt: 1 }, { ...queued, settings });
    const how = { on: ['steps'], pull: 'missing', keepFailed: true, gitIgnore: true } as const;
    const started = await services.startQueued(id, how);
    if (started.status !== 'driven') throw new Error(JSON.stringify(started));
    const { run } = started;
    for await (const event of run.events.follow(0, new AbortController().signal, 'finished'))
      if (event.type === 'step.started' || event.type === 'run.finished') break;
    expect((await (await process('two')).services.startQueued(id, how)).status).toBe('begun');
    run.cancel('user');
    run.cancel('user');
    await run.done;
    const state = await stateOf({ store: async () => await Promise.resolve(store) }, id);
    expect(state).toMatchObject({
      trigger: queued.trigger,
      source: queued.source,
      settings: { keepFailed: true, environment: 'prod' },
    });
    expect(JSON.stringify(state.iterations[0]?.variables)).toMatch(/colour.*red/);
    expect(await services.startQueued(id, how)).toEqual({ status: 'begun' });
  });

  it('keeps its places when it is run again, unless others are named', async () => {
    const { run } = await hanging('one');
    run.cancel('user');
    run.cancel('user');
    await run.done;
    const { services, store } = await process('two');
    const again = await services.rerun(run.id, {});
    if (again.status !== 'driven') throw new Error(JSON.stringify(again));
    for await (const event of again.run.events.follow(0, new AbortController().signal, 'finished'))
      if (event.type === 'step.started' && event.step === ('1.2.1' as StepId)) break;
    expect(images.builds).toHaveLength(2);
    const { settings } = await stateOf({ store: async () => await Promise.resolve(store) }, again.run.id);
    expect(settings?.builds?.runtime).toBe('builder');
    again.run.cancel('user');
    again.run.cancel('user');
    await again.run.done;
  });
});
