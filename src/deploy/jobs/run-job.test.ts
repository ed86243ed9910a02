/** How a job is created, followed and removed, on a scripted API server and with a scripted container. */
import { expect, test } from 'vitest';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { ScriptedCluster } from '../../../test/rigs/scripted-cluster.ts';
import { ClusterLost } from '../../clusters/api/api-error.ts';
import { ClusterClient, type ClusterRequest } from '../../clusters/api/cluster-client.ts';
import { Cancelled, type Outcome } from '../../model/outcome.ts';
import { ChangeQueue } from '../../runtime/change-queue.ts';
import type {
  ContainerStatus,
  LogChunk,
  RunningContainer,
  RunningContainers,
} from '../../runtime/running-container.ts';
import { RuntimeRefused } from '../../runtime/runtime-refused.ts';
import { StatusFeed } from '../../runtime/status-feed.ts';
import { jobObject } from './job-object.ts';
import { runJob, type RunnableJob } from './run-job.ts';

const jobs = '/apis/batch/v1/namespaces/n/jobs';
const pods = '/api/v1/namespaces/n/pods';
const labels = { step: '1.1.1' };
const object = jobObject({
  ...{ name: 'j', namespace: 'n', labels, annotations: {} },
  container: { name: 'c', image: 'app', command: [], args: [], env: new Map() },
});
const job: RunnableJob = { object, labels, container: 'c' };
const ended = (exitCode: number): ContainerStatus['state'] => ({ phase: 'ended', exitCode, startedAt: 1 });

/** Creates objects, which the scripted API server does not. */
class CreatingClient extends ClusterClient {
  /** What happens instead of a response. */
  instead: (() => void) | undefined;
  readonly #cluster: ScriptedCluster;

  constructor(cluster: ScriptedCluster) {
    super(cluster.connection);
    this.#cluster = cluster;
  }

  override async exchange<T>(method: string, path: string, request?: ClusterRequest) {
    if (method !== 'POST') return await super.exchange<T>(method, path, request);
    const { metadata, ...rest } = request?.body as { readonly metadata: object };
    this.#cluster.put(path, 'j', 'u', { metadata, ...rest });
    this.instead?.();
    return { status: 201, body: this.#cluster.objects(path)[0] as T };
  }
}

class World implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly stop = new AbortController();
  readonly atOnce = new AbortController();
  readonly removed: string[] = [];
  readonly lost: string[] = [];
  refused: Error | undefined;
  readonly client: CreatingClient;
  readonly cluster: ScriptedCluster;
  readonly #recorded = recordingWork(this.stop.signal);
  readonly #chunks = new ChangeQueue<LogChunk | 'over'>();
  readonly #appeared = new ChangeQueue<StatusFeed>();
  #feed: StatusFeed | undefined;

  constructor(cluster: ScriptedCluster) {
    this.cluster = cluster;
    this.client = new CreatingClient(cluster);
  }

  run(): Promise<Outcome> {
    const { client, clock } = this;
    const output = { ...this.#recorded.work.output, lost: (_: string, why: string) => void this.lost.push(why) };
    const place = {
      cluster: { client, namespace: 'n' },
      running: this.#running,
      remove: async ({ id }: { readonly id: string }) => {
        await Promise.resolve();
        if (this.refused !== undefined) throw this.refused;
        this.removed.push(id);
        this.#chunks.push('over');
      },
    };
    return runJob(job, place, { ...this.#recorded.work, clock, output }, this.atOnce.signal);
  }

  get text(): string {
    return this.#recorded.text();
  }

  get told(): readonly string[] {
    return this.#recorded.observed.map((fact) => ('message' in fact ? `${fact.type}: ${fact.message}` : fact.type));
  }

  set state(state: ContainerStatus['state']) {
    const status = { state, restarts: 0, ready: false, image: 'app' };
    if (this.#feed === undefined)
      this.#appeared.push((this.#feed = new StatusFeed(status, new AbortController().signal)));
    else this.#feed.set(status);
  }

  print(text: string): void {
    this.#chunks.push({ stream: 'combined', bytes: Buffer.from(text), cursor: 0 });
  }

  logEnds(): void {
    this.#chunks.push('over');
  }

  /** The cluster reports something of the job. */
  job(fields: Readonly<Record<string, unknown>>): void {
    this.cluster.put(jobs, 'j', 'u', { ...this.cluster.objects(jobs)[0], ...fields });
  }

  putPod(spec: object, status: object): void {
    this.cluster.put(pods, 'p', 'p', {
      metadata: { ownerReferences: [{ uid: 'u', controller: true }] },
      spec: { containers: [{ name: 'c', image: 'app' }], ...spec },
      status,
    });
  }

  async untilTold(fact: string): Promise<void> {
    await expect.poll(() => this.told, { interval: 5 }).toContain(fact);
  }

  readonly #running: RunningContainers = {
    watch: (_, signal) => this.#changes(signal),
  };

  async *#changes(signal: AbortSignal) {
    for await (const feed of this.#appeared.read(signal)) {
      const container: Partial<RunningContainer> = {
        ref: { runtime: 'kubernetes', id: 'u/c', group: 'p', name: 'c', kind: 'app', labels },
        status: () => feed.status,
        statuses: (until) => feed.statuses(until),
        logs: (_, until) => this.#log(until),
      };
      yield { change: 'appeared' as const, container: container as RunningContainer };
    }
  }

  async *#log(signal: AbortSignal) {
    for await (const chunk of this.#chunks.read(signal)) {
      if (chunk === 'over') return;
      yield chunk;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    await this.cluster[Symbol.asyncDispose]();
  }
}

const open = async () => new World(await ScriptedCluster.open());

test('the end of the container counts, also while its job goes on for a sidecar', async () => {
  await using world = await open();
  const running = world.run();
  world.state = { phase: 'running' };
  await world.untilTold('workload.started');
  world.print('done\n');
  world.state = ended(0);
  world.logEnds();
  expect(await running).toEqual({ status: 'succeeded', value: undefined });
  expect(world.text).toBe('done\n');
  expect(world.told).toEqual(['workload.created', 'workload.started']);
  expect([world.removed, world.lost]).toEqual([['u'], []]);
});

test('a job that succeeds without its container fails', async () => {
  await using world = await open();
  const running = world.run();
  await world.untilTold('workload.created');
  world.job({ status: { conditions: [{ type: 'Complete', status: 'True' }] } });
  expect(await world.clock.whileTimePasses(running)).toMatchObject({
    failure: { code: 'container-failed', how: 'was never seen to end' },
  });
  expect(world.removed).toEqual(['u']);
});

test('a job that another program suspends is waited for', async () => {
  await using world = await open();
  const running = world.run();
  await world.untilTold('workload.created');
  world.job({ spec: { suspend: true } });
  await world.untilTold('waiting: another program has suspended the Job');
  world.job({ spec: { suspend: false } });
  world.state = ended(3);
  world.logEnds();
  expect(await running).toEqual({ status: 'failed', failure: { code: 'exit-nonzero', exitCode: 3 } });
});

test('a pod that cannot run says why', async () => {
  await using world = await open();
  const running = world.run();
  await world.untilTold('workload.created');
  const waiting = { reason: 'ErrImagePull', message: 'app: not found' };
  world.putPod({ nodeName: 'node' }, { containerStatuses: [{ name: 'c', state: { waiting } }] });
  expect(await running).toMatchObject({ failure: { code: 'image-unavailable', image: 'app', by: 'cluster' } });
});

test('a pod that finds no node in five minutes fails', async () => {
  await using world = await open();
  const running = world.run();
  await world.untilTold('workload.created');
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' }];
  world.putPod({}, { conditions });
  await world.untilTold('waiting: no node can run it: 0/1 nodes');
  await world.clock.advance(299_000);
  expect(world.removed).toEqual([]);
  await world.clock.advance(2_000);
  expect(await running).toEqual({ status: 'failed', failure: { code: 'unschedulable', detail: '0/1 nodes' } });
});

test('a container that has run is waited for, whatever its pod says', async () => {
  await using world = await open();
  const running = world.run();
  await world.untilTold('workload.created');
  const status = { name: 'c', ready: false, state: { running: {} }, lastState: { terminated: { exitCode: 1 } } };
  world.putPod({ nodeName: 'node' }, { containerStatuses: [status] });
  await world.untilTold('waiting: container c: exited with code 1');
  await world.clock.advance(400_000);
  world.state = ended(0);
  world.logEnds();
  expect(await running).toEqual({ status: 'succeeded', value: undefined });
});

test('output that does not come is reported as lost, and nothing is written afterwards', async () => {
  await using world = await open();
  const running = world.run();
  world.state = { phase: 'running' };
  world.print('first\n');
  await expect.poll(() => world.text, { interval: 5 }).toBe('first\n');
  world.state = ended(0);
  expect(await world.clock.whileTimePasses(running)).toEqual({ status: 'succeeded', value: undefined });
  world.print('late\n');
  expect(world.lost).toEqual(['the end of the output is missing: nothing came for 15 s']);
  expect(world.text).toBe('first\n');
});

test('a job that cannot be removed is told, and its output is no longer followed', async () => {
  await using world = await open();
  world.refused = new RuntimeRefused({ code: 'runtime-lost', detail: 'away', by: 'cluster' }, new Error('away'));
  const running = world.run();
  world.state = { phase: 'running' };
  await world.untilTold('workload.started');
  world.stop.abort(new Cancelled('user'));
  expect(await world.clock.whileTimePasses(running)).toEqual({ status: 'cancelled', because: 'user' });
  expect(world.told).toContain('workload.left');
  expect(world.lost).toHaveLength(1);
});

test('an error of ours ends the following too', async () => {
  await using world = await open();
  world.refused = new Error('a bug');
  const running = world.run();
  world.state = ended(0);
  world.logEnds();
  await expect(running).rejects.toThrow('a bug');
  await expect.poll(() => world.cluster.watching, { interval: 5 }).toBe(0);
});

test.each([
  ['is removed', undefined, [], ['u']],
  ['is told if the cluster does not say whether it exists', 'forbidden', ['workload.left'], []],
] as const)('a job whose creation was cut off %s', async (_, trouble, told, removed) => {
  await using world = await open();
  world.client.instead = () => {
    world.stop.abort(new Cancelled('user'));
    throw new ClusterLost('cut off');
  };
  if (trouble !== undefined) world.cluster.meetWith(trouble);
  await expect(world.run()).rejects.toThrow('cancelled');
  expect([world.told, world.removed]).toEqual([told, removed]);
});
