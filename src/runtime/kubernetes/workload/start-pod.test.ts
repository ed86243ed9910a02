import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../test/rigs/manual-clock.ts';
import { noKubernetesSettings } from '../../../model/kubernetes-settings.ts';
import { Cancelled } from '../../../model/outcome.ts';
import type { Observation } from '../../../model/work.ts';
import { labelKeys, type WorkloadSpec } from '../../runtime.ts';
import { ApiError, ClusterLost } from '../../../clusters/api/api-error.ts';
import { requestAnnotation } from '../../../clusters/api/creation.ts';
import type { ClusterSession } from '../cluster-session.ts';
import type { Judgement } from '../pod/judgement.ts';
import type { PodFollower } from '../pod/pod-watching.ts';
import type { ObservedPod } from '../../../clusters/pods/observed-pod.ts';
import type { Pod } from '../../../clusters/pods/pod-types.ts';
import { startPod } from './start-pod.ts';
import { nextTurn } from '../../../util/next-turn.ts';
import { onAbort } from '../../../util/abort.ts';

const lost = new ClusterLost('the connection broke');
const absent = new ApiError(404, 'pods "p" not found', 'NotFound');
const full = new ApiError(
  403,
  'pods "p" is forbidden: exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2',
  'Forbidden',
);
const labels = { [labelKeys.store]: 's', [labelKeys.run]: 'r' };
const spec: WorkloadSpec = {
  name: 'p',
  labels,
  lifetime: 'step',
  containers: [{ name: 'step', image: 'i', command: ['true'], env: {}, mounts: [] }],
  volumes: [],
  pull: 'missing',
};

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: Pod & { readonly preconditions?: { readonly uid?: string } };
}

/** A cluster whose responses and pods the test controls. */
class Cluster {
  readonly clock = new ManualClock();
  readonly observed: Observation[] = [];
  readonly asked: string[] = [];
  readonly stop = new AbortController();
  readonly #observed = new Map<string, ObservedPod>();
  readonly #looks = new Set<() => void>();
  readonly #answer: (request: Request) => Promise<unknown>;
  readonly #more: Partial<Pick<ClusterSession['client'], 'webSocket' | 'open'>>;

  constructor(
    answer: (request: Request) => Promise<unknown>,
    more: Partial<Pick<ClusterSession['client'], 'webSocket' | 'open'>> = {},
  ) {
    this.#answer = answer;
    this.#more = more;
  }

  get waits(): readonly string[] {
    return this.observed.flatMap((fact) => (fact.type === 'waiting' ? [fact.message] : []));
  }

  tell(pod: string, observed: ObservedPod): void {
    this.#observed.set(pod, observed);
    for (const look of [...this.#looks]) look();
  }

  start(): ReturnType<typeof startPod> {
    const output = {
      write: () => undefined,
      lost: () => undefined,
      observe: (fact: Observation) => void this.observed.push(fact),
    };
    return startPod(this.#session(), spec, { signal: this.stop.signal, clock: this.clock, output });
  }

  /** Lets the start continue until a condition holds. Throws if the start ends before that. */
  async goesOnUntil(started: ReturnType<typeof startPod>, isSo: () => boolean): Promise<void> {
    let end: Awaited<typeof started> | undefined;
    void started.then((ended) => (end = ended));
    while (!isSo()) {
      if (end !== undefined) throw new Error(`it has ended: ${JSON.stringify(end)}`);
      await nextTurn();
    }
  }

  async whileTimePasses<T>(promise: Promise<T>): Promise<T> {
    return await this.clock.whileTimePasses(promise, 500);
  }

  #session(): ClusterSession {
    const json = async (
      method: string,
      path: string,
      { body, signal }: { body?: Request['body']; signal?: AbortSignal } = {},
    ) => {
      signal?.throwIfAborted();
      this.asked.push(
        [method, path.split('/').at(-1), ...(body?.preconditions === undefined ? [] : [body.preconditions.uid])].join(
          ' ',
        ),
      );
      return await this.#answer({ method, path, body: body as Request['body'] });
    };
    const client = { json, webSocket: async () => await Promise.reject(lost), ...this.#more };
    const watcher = { follow: (name: string) => this.#follower(name), close: () => undefined };
    const logPermission = { refusal: async () => await Promise.resolve(undefined) };
    return {
      client,
      clock: this.clock,
      namespace: 'n',
      settings: noKubernetesSettings,
      watcher,
      withoutShell: new Set(),
      lastRemoval: {},
      logPermission,
    } as unknown as ClusterSession;
  }

  #follower(name: string): PodFollower {
    const until = async <T>(judge: (observed: ObservedPod) => Judgement<T>, signal: AbortSignal) =>
      await new Promise<T>((resolve, reject) => {
        const look = () => {
          const judged = judge(this.#observed.get(name) ?? { events: [] });
          if ('settled' in judged) resolve(judged.settled);
          else if (judged.recheckInMs !== undefined)
            this.clock.sleep(judged.recheckInMs, signal).then(look, () => undefined);
        };
        this.#looks.add(look);
        onAbort(signal, reject);
        if (!signal.aborted) look();
      });
    return { observed: { events: [] }, setUid: () => undefined, until, [Symbol.dispose]: () => undefined };
  }
}

const made = (body: Pod, uid = 'u'): Pod => ({ ...body, metadata: { ...body.metadata, uid } });

describe('a start that is cancelled while the pod is being created', () => {
  it('waits for the response, and removes the pod', async () => {
    let answer: (pod: Pod) => void = () => undefined;
    const cluster = new Cluster(async ({ method, body }) =>
      method === 'POST' ? await new Promise<Pod>((resolve) => (answer = () => resolve(made(body)))) : {},
    );
    const started = cluster.start();
    while (cluster.asked.length === 0) await nextTurn();
    cluster.stop.abort(new Cancelled('user'));
    await nextTurn();
    answer({} as Pod);
    expect(await started).toMatchObject({ status: 'cancelled', because: 'user' });
    expect(cluster.asked).toEqual(['POST pods', 'DELETE p u']);
  });

  it('looks for a pod whose response was lost, and removes it', async () => {
    let there: Pod | undefined;
    const cluster = new Cluster(async ({ method, body }) => {
      if (method === 'POST') {
        there = made(body);
        cluster.stop.abort(new Cancelled('siblingFailed'));
        throw lost;
      }
      return await Promise.resolve(there);
    });
    expect(await cluster.whileTimePasses(cluster.start())).toMatchObject({
      status: 'cancelled',
      because: 'siblingFailed',
    });
    expect(cluster.asked).toEqual(['POST pods', 'GET p', 'DELETE p u']);
    expect(cluster.observed).toEqual([]);
  });

  it('leaves a pod of the same name alone that it did not create', async () => {
    const cluster = new Cluster(async ({ method, body }) => {
      if (method === 'GET')
        return await Promise.resolve({
          metadata: { name: 'p', uid: 'theirs', annotations: { [requestAnnotation]: `not ${body?.metadata.name}` } },
        });
      cluster.stop.abort(new Cancelled('user'));
      throw lost;
    });
    expect(await cluster.whileTimePasses(cluster.start())).toMatchObject({ status: 'cancelled' });
    expect(cluster.asked).toEqual(['POST pods', 'GET p', 'GET p']);
  });

  it.each<[string, (method: string, body: Pod) => unknown, string]>([
    [
      'the cluster does not answer',
      (method) => (method === 'POST' ? new ClusterLost('no response within 30 s') : lost),
      'the cluster has not answered for 60 s',
    ],
    [
      'the cluster forbids the removal',
      (method, body) => (method === 'POST' ? made(body) : new ApiError(403, 'you may not')),
      'you may not',
    ],
  ])('reports what it may leave behind: %s', async (_, answer, detail) => {
    const cluster = new Cluster(async ({ method, body }) => {
      if (method === 'POST') cluster.stop.abort(new Cancelled('user'));
      const answered = answer(method, body);
      return await (answered instanceof Error ? Promise.reject(answered) : Promise.resolve(answered));
    });
    expect(await cluster.whileTimePasses(cluster.start())).toMatchObject({ status: 'cancelled' });
    expect(cluster.observed).toEqual([{ type: 'workload.left', workload: 'p', detail }]);
  });

  it('does not look for a pod that was never sent', async () => {
    const cluster = new Cluster(async () => {
      cluster.stop.abort(new Cancelled('user'));
      return await Promise.reject(full);
    });
    expect(await cluster.whileTimePasses(cluster.start())).toMatchObject({ status: 'cancelled' });
    expect(cluster.asked).toEqual(['POST pods']);
  });
});

describe('a pod that the cluster rejects', () => {
  it.each([
    [
      new ApiError(500, 'etcdserver: request is too large'),
      {
        code: 'start-failed',
        by: 'cluster',
        detail: expect.stringContaining('shorten the environment variables') as string,
      },
    ],
    [new ApiError(413, 'Request entity too large: limit is 3145728'), { code: 'start-failed', by: 'cluster' }],
    [new ApiError(422, 'Pod "p" is invalid: spec: …', 'Invalid'), { code: 'start-failed', by: 'cluster' }],
  ])('is created only once: %s', async (error, failure) => {
    const cluster = new Cluster(async () => await Promise.reject(error));
    expect(await cluster.whileTimePasses(cluster.start())).toMatchObject({ status: 'failed', failure });
    expect(cluster.asked).toEqual(['POST pods']);
  });

  it('is reported to wait, with the reason, while its creation is retried', async () => {
    const answers = Array.from({ length: 20 }, () => new ApiError(503, 'apiserver is shutting down'));
    const cluster = new Cluster(async () => await Promise.reject(answers.shift() ?? new ApiError(403, 'enough')));
    expect(await cluster.whileTimePasses(cluster.start())).toMatchObject({ status: 'failed' });
    expect(cluster.waits).toEqual(['waiting for the cluster to accept the pod: apiserver is shutting down']);
  });

  it('is reported to wait if there is no response', async () => {
    const cluster = new Cluster(async ({ method }) => {
      if (method === 'POST') await cluster.clock.sleep(10_000);
      return await Promise.reject(method === 'POST' ? new ApiError(403, 'enough') : absent);
    });
    await cluster.whileTimePasses(cluster.start());
    expect(cluster.waits).toEqual(['waiting for the cluster to accept the pod: no answer yet']);
  });
});

describe('a pod that a quota refuses', () => {
  /** Returns each list of pods in turn. Accepts the pod after the last refusal. */
  function quotaOf(refusals: number, ...lists: (readonly Pod[])[]): Cluster {
    let left = refusals;
    return new Cluster(async ({ method, body }) => {
      if (method === 'GET')
        return await Promise.resolve({ items: lists.length > 1 ? lists.shift() : lists[0], metadata: {} });
      if (method === 'DELETE') return await Promise.resolve({});
      return await (left-- > 0 ? Promise.reject(full) : Promise.resolve(made(body)));
    });
  }
  const sibling = (name: string): Pod => ({ metadata: { name, uid: name, labels }, spec: { containers: [] } });

  it('is created again when a pod of its run is gone', async () => {
    const cluster = quotaOf(1, [sibling('a'), sibling('b')]);
    const started = cluster.start();
    await cluster.whileTimePasses(cluster.clock.sleep(60_000));
    expect(cluster.asked).toEqual(['POST pods', 'GET pods']);
    expect(cluster.waits).toEqual([
      'waiting for room in the quota few (pods 2 of 2 used): 2 pods of this run must end first',
    ]);
    cluster.tell('b', { deleted: true, events: [] });
    await cluster.goesOnUntil(started, () => cluster.observed.some(({ type }) => type === 'workload.created'));
    cluster.stop.abort(new Cancelled('user'));
    expect(await started).toMatchObject({ status: 'cancelled' });
    expect(cluster.asked).toEqual(['POST pods', 'GET pods', 'POST pods', 'DELETE p u']);
  });

  it('is created again while the cluster still counts removed pods', async () => {
    const cluster = quotaOf(3, [sibling('a'), sibling('b')], []);
    const started = cluster.start();
    await cluster.goesOnUntil(started, () => cluster.asked.length >= 2);
    cluster.tell('a', { deleted: true, events: [] });
    await cluster.whileTimePasses(Promise.race([started, cluster.clock.sleep(60_000)]));
    expect(cluster.observed).toContainEqual(expect.objectContaining({ type: 'workload.created' }));
    cluster.stop.abort(new Cancelled('user'));
    expect(await started).toMatchObject({ status: 'cancelled' });
    expect(cluster.asked.filter((request) => request === 'POST pods')).toHaveLength(4);
  });

  it('fails at once if other pods use the quota', async () => {
    const others = ['a', 'b'].map((name): Pod => ({ metadata: { name, uid: name }, spec: { containers: [] } }));
    const cluster = quotaOf(9, others);
    expect(await cluster.start()).toMatchObject({
      status: 'failed',
      failure: { code: 'quota-exceeded', because: 'used-by-others' },
    });
    expect(cluster.asked).toEqual(['POST pods', 'GET pods']);
  });

  it('does not wait for ever for a pod of its run that is kept', async () => {
    const kept: Pod = {
      ...sibling('a'),
      metadata: { ...sibling('a').metadata, annotations: { 'slipway.dev/containers': 'step' } },
      status: { containerStatuses: [{ name: 'step', state: { terminated: { exitCode: 1 } } }] },
    };
    const other: Pod = { metadata: { name: 'b', uid: 'b' }, spec: { containers: [] } };
    const cluster = quotaOf(9, [kept, other]);
    cluster.tell('a', { pod: kept, seenAt: cluster.clock.now(), events: [] });
    expect(await cluster.whileTimePasses(cluster.start())).toMatchObject({
      status: 'failed',
      failure: { code: 'quota-exceeded', because: 'used-by-others' },
    });
    expect(cluster.waits).toEqual([
      'waiting for room in the quota few (pods 2 of 2 used): a pod of this run must end first',
    ]);
  });

  it('ends its wait when it is cancelled', async () => {
    const cluster = quotaOf(9, [sibling('a'), sibling('b')]);
    const started = cluster.start();
    await cluster.goesOnUntil(started, () => cluster.asked.length >= 2);
    cluster.stop.abort(new Cancelled('user'));
    expect(await started).toMatchObject({ status: 'cancelled' });
  });
});

describe('a container that ends before its gate has answered', () => {
  const pod: Pod = {
    metadata: { name: 'p', uid: 'u', annotations: { 'slipway.dev/containers': 'step' } },
    spec: { containers: [{ name: 'slipway' }, { name: 'step' }], nodeName: 'n' },
    status: {
      containerStatuses: [
        { name: 'slipway', state: { running: {} } },
        { name: 'step', state: { terminated: { exitCode: 1, reason: 'Error' } } },
      ],
    },
  };
  /** The helper waits for the gate for ever. Connections to other containers fail. */
  function waitingCluster(logs: Readonly<Record<string, string>>): Cluster {
    let connections = 0;
    const webSocket = async (_path: string, _query: unknown, _protocols: unknown, signal?: AbortSignal) =>
      await new Promise<never>((_, reject) => {
        if (connections++ > 0) reject(new ApiError(400, 'container not found'));
        onAbort([signal], reject);
      });
    type Asked = { readonly query?: Readonly<Record<string, unknown>> };
    const open = async (_method: string, path: string, { query }: Asked = {}) => {
      const log = logs[query?.['previous'] === true ? 'previous' : 'current'] ?? '';
      return await Promise.resolve(Readable.from(path.endsWith('/log') ? [Buffer.from(log)] : []) as IncomingMessage);
    };
    const answer = async ({ method, body }: Request) => await Promise.resolve(method === 'POST' ? made(body) : {});
    const cluster = new Cluster(answer, { webSocket, open });
    cluster.tell('p', { pod, seenAt: cluster.clock.now(), events: [] });
    return cluster;
  }

  it.each([
    [{ current: 'sh: argument list too long\n' }, 'sh: argument list too long'],
    [{ previous: 'out of ideas\n' }, 'out of ideas'],
  ])('ends the step at once, with its last lines: %j', async (logs, detail) => {
    const cluster = waitingCluster(logs);
    const ended = await Promise.race([cluster.start(), cluster.whileTimePasses(cluster.clock.sleep(60_000))]);
    const how = 'exited with code 1 before its command began';
    expect(ended).toMatchObject({
      status: 'failed',
      failure: { code: 'container-failed', container: 'step', how, detail },
    });
    expect(cluster.asked).toEqual(['POST pods', 'DELETE p u']);
  });
});

it('a cluster that breaks off while files are handed over is shown to be waited for', async () => {
  const cluster = new Cluster(async ({ method, body }) => await Promise.resolve(method === 'POST' ? made(body) : {}));
  const status = { containerStatuses: [{ name: 'slipway', state: { running: {} } }] };
  const containers = [{ name: 'slipway' }, { name: 'step' }];
  const metadata = { name: 'p', uid: 'u', annotations: { 'slipway.dev/containers': 'step' } };
  cluster.tell('p', { pod: { metadata, spec: { containers, nodeName: 'n' }, status }, events: [] });
  const failure = { code: 'runtime-lost', by: 'cluster', detail: lost.message };
  expect(await cluster.whileTimePasses(cluster.start())).toMatchObject({ status: 'failed', failure });
  expect(cluster.waits).toContain(`waiting for the cluster: ${lost.message}`);
});

it('a pod that no scheduler picks up is reported to wait', async () => {
  const cluster = new Cluster(async ({ method, body }) => await Promise.resolve(method === 'POST' ? made(body) : {}));
  cluster.tell('p', {
    pod: { metadata: { name: 'p', uid: 'u' }, spec: { containers: [], schedulerName: 'nobody' } },
    events: [],
  });
  const started = cluster.start();
  await cluster.whileTimePasses(cluster.clock.sleep(2_000));
  expect(cluster.waits).toEqual(['waiting for a node: no scheduler called nobody has picked up the pod yet']);
  cluster.stop.abort(new Cancelled('user'));
  await started;
});
