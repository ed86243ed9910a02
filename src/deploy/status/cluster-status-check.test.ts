/** How a status check begins, goes on and ends, on a scripted API server. */
import { expect, it } from 'vitest';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { ScriptedCluster } from '../../../test/rigs/scripted-cluster.ts';
import { ClusterClient } from '../../clusters/api/cluster-client.ts';
import type { DeployedObject } from '../../model/artifact.ts';
import { Cancelled, type Outcome } from '../../model/outcome.ts';
import type { Clock } from '../../model/clock.ts';
import { clusterStatusCheck, type StatusCheckOptions } from './cluster-status-check.ts';

const deployments = '/apis/apps/v1/namespaces/n/deployments';
const replicaSets = '/apis/apps/v1/namespaces/n/replicasets';
const pods = '/api/v1/namespaces/n/pods';
const events = '/api/v1/namespaces/n/events';
const template = { metadata: { labels: { app: 'web' } }, spec: {} };
const controlledBy = (uid: string) => ({ ownerReferences: [{ uid, controller: true }] });

const deployed = (name: string, kind = 'Deployment', apiVersion = 'apps/v1'): DeployedObject => ({
  apiVersion,
  kind,
  name,
  namespace: 'n',
  change: 'created',
});

/** A check of a scripted cluster. `advance` lets its time pass. */
class Checked implements AsyncDisposable {
  readonly #stop = new AbortController();
  readonly #recorded = recordingWork(this.#stop.signal);
  readonly #client: ClusterClient;

  constructor(
    readonly cluster: ScriptedCluster,
    readonly clock: Clock,
  ) {
    this.#client = new ClusterClient(cluster.connection);
  }

  wait(objects: readonly DeployedObject[], options: Partial<StatusCheckOptions> = {}): Promise<Outcome> {
    const target = { client: this.#client, namespace: 'n' };
    const check = clusterStatusCheck({ target, deadlineMs: 60_000, ...options });
    return check.wait(objects, { ...this.#recorded.work, clock: this.clock });
  }

  get told(): readonly string[] {
    return this.#recorded.observed.flatMap((fact) =>
      fact.type === 'resource.status' ? [`${fact.resource} ${fact.status}: ${fact.message}`] : [],
    );
  }

  async untilTold(line: string): Promise<void> {
    await expect.poll(() => this.told.at(-1), { timeout: 10_000, interval: 5 }).toBe(line);
  }

  cancel(): void {
    this.#stop.abort(new Cancelled('user'));
  }

  put(name: string, availableReplicas: number, more: Readonly<Record<string, unknown>> = {}): void {
    const status = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas, ...more };
    this.cluster.put(deployments, name, name, { metadata: { generation: 1 }, spec: { replicas: 1, template }, status });
  }

  putPod(name: string, owner: string, restartCount: number): void {
    const containerStatuses = [{ name: 'c', restartCount, state: { terminated: { exitCode: 1 } } }];
    this.cluster.put(replicaSets, `${owner}-1`, `${owner}-1`, { metadata: controlledBy(owner), spec: { template } });
    this.cluster.put(pods, name, name, {
      metadata: controlledBy(`${owner}-1`),
      spec: { nodeName: 'node', containers: [{ name: 'c' }] },
      status: { containerStatuses },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
    await this.cluster[Symbol.asyncDispose]();
  }
}

async function open(clock: Clock = new ManualClock()): Promise<Checked> {
  return new Checked(await ScriptedCluster.open(), clock);
}

const starts = '0 of 1 updated replicas are available';

it('ends when all objects are ready, and tells each change once', async () => {
  await using checked = await open();
  checked.put('a', 0);
  checked.put('b', 1);
  checked.put('of-another-deploy', 0, { conditions: [{ type: 'Progressing', reason: 'ProgressDeadlineExceeded' }] });
  const outcome = checked.wait([deployed('a'), deployed('b'), deployed('s', 'Service', 'v1')]);
  await checked.untilTold('deployment.apps/b succeeded: successfully rolled out');
  checked.put('a', 0, { readyReplicas: 1 });
  checked.put('a', 1);
  expect(await outcome).toEqual({ status: 'succeeded', value: undefined });
  expect(checked.told).toEqual([
    `deployment.apps/a inProgress: ${starts}`,
    'deployment.apps/b succeeded: successfully rolled out',
    'deployment.apps/a succeeded: successfully rolled out',
  ]);
});

it('watches once for each type, and no longer than the check', async () => {
  await using checked = await open();
  const names = ['a', 'b', 'c'];
  for (const name of names) checked.put(name, 0);
  const outcome = checked.wait(names.map((name) => deployed(name)));
  await expect.poll(() => checked.cluster.watching).toBe(4);
  for (const name of names) checked.put(name, 1);
  await outcome;
  await expect.poll(() => checked.cluster.watching).toBe(0);
  expect(checked.cluster.requests.filter((path) => path.endsWith(' watch')).sort()).toEqual(
    [deployments, events, pods, replicaSets].map((path) => `${path} watch`).sort(),
  );
});

it('asks for nothing if no object has to become ready', async () => {
  await using checked = await open();
  const removed: DeployedObject = { ...deployed('a'), change: 'removed' };
  expect(await checked.wait([deployed('s', 'Service', 'v1'), removed])).toMatchObject({ status: 'succeeded' });
  expect(checked.cluster.requests).toEqual([]);
});

it('a pod that cannot run fails its Deployment through the ReplicaSet', async () => {
  await using checked = await open();
  checked.put('a', 0);
  const outcome = checked.wait([deployed('a')]);
  await checked.untilTold(`deployment.apps/a inProgress: ${starts}`);
  checked.putPod('a-1-x', 'a', 3);
  expect(await outcome).toEqual({
    status: 'failed',
    failure: {
      code: 'not-ready',
      of: 1,
      problems: [
        { object: 'deployment.apps/a', namespace: 'n', detail: 'container c: exited with code 1, restarted 3 times' },
      ],
    },
  });
});

it('what fails soon after the first failure is reported too', async () => {
  const clock = new ManualClock();
  await using checked = await open(clock);
  for (const name of ['a', 'b', 'c']) checked.put(name, 0);
  checked.putPod('a-1-x', 'a', 3);
  const outcome = checked.wait(['a', 'b', 'c'].map((name) => deployed(name)));
  await checked.untilTold('deployment.apps/a failed: container c: exited with code 1, restarted 3 times');
  checked.putPod('b-1-x', 'b', 3);
  await checked.untilTold('deployment.apps/b failed: container c: exited with code 1, restarted 3 times');
  const { failure } = (await clock.whileTimePasses(outcome, 100)) as Extract<Outcome, { status: 'failed' }>;
  expect(failure).toMatchObject({
    of: 3,
    problems: [{ object: 'deployment.apps/a' }, { object: 'deployment.apps/b' }],
  });
});

it('tolerates failures of pods until the deadline, and then tells them', async () => {
  const clock = new ManualClock();
  await using checked = await open(clock);
  checked.put('a', 0);
  checked.put('b', 0);
  checked.putPod('a-1-x', 'a', 3);
  const outcome = checked.wait([deployed('a'), deployed('b')], { tolerateFailuresUntilDeadline: true });
  await expect
    .poll(() => checked.told)
    .toContain(`deployment.apps/a inProgress: ${starts}: container c: exited with code 1, restarted 3 times`);
  await expect.poll(() => checked.told).toContain(`deployment.apps/b inProgress: ${starts}`);
  const { failure } = (await clock.whileTimePasses(outcome, 10_000)) as Extract<Outcome, { status: 'failed' }>;
  expect(failure).toEqual({
    code: 'not-ready',
    of: 2,
    problems: [
      { object: 'deployment.apps/a', namespace: 'n', detail: 'container c: exited with code 1, restarted 3 times' },
      {
        object: 'deployment.apps/b',
        namespace: 'n',
        detail: `was not ready within 60 s: ${starts}`,
        cause: 'deadline',
      },
    ],
  });
});

it('an object that becomes unready while others are waited for has to become ready again', async () => {
  await using checked = await open();
  checked.put('a', 1);
  checked.put('b', 0);
  const outcome = checked.wait([deployed('a'), deployed('b')]);
  await checked.untilTold(`deployment.apps/b inProgress: ${starts}`);
  checked.put('a', 0);
  await checked.untilTold(`deployment.apps/a inProgress: ${starts}`);
  checked.put('b', 1);
  await checked.untilTold('deployment.apps/b succeeded: successfully rolled out');
  checked.put('a', 1);
  expect(await outcome).toMatchObject({ status: 'succeeded' });
});

it('an object that somebody deletes fails, unless it comes back', async () => {
  const clock = new ManualClock();
  await using checked = await open(clock);
  checked.put('a', 0);
  const outcome = checked.wait([deployed('a')]);
  await checked.untilTold(`deployment.apps/a inProgress: ${starts}`);
  checked.cluster.remove(deployments, 'a');
  await checked.untilTold('deployment.apps/a inProgress: was deleted');
  expect(await clock.whileTimePasses(outcome, 500)).toMatchObject({
    failure: { problems: [{ detail: 'was deleted' }] },
  });
});

it('a cancelled check ends at once', async () => {
  await using checked = await open();
  checked.put('a', 0);
  const outcome = checked.wait([deployed('a')]);
  await checked.untilTold(`deployment.apps/a inProgress: ${starts}`);
  checked.cancel();
  expect(await outcome).toEqual({ status: 'cancelled', because: 'user' });
  await expect.poll(() => checked.cluster.watching).toBe(0);
});

it('a cluster that stays away is lost', async () => {
  const clock = new ManualClock();
  await using checked = await open(clock);
  checked.put('a', 0);
  const outcome = checked.wait([deployed('a')], { deadlineMs: 3_600_000, lostAfterMs: 30_000 });
  await checked.untilTold(`deployment.apps/a inProgress: ${starts}`);
  checked.cluster.hideWatches('unavailable');
  checked.cluster.end('cut');
  expect(await clock.whileTimePasses(outcome)).toMatchObject({ failure: { code: 'runtime-lost', by: 'cluster' } });
});

it('a cluster that comes back missed nothing', async () => {
  const clock = new ManualClock();
  await using checked = await open(clock);
  checked.put('a', 0);
  const outcome = checked.wait([deployed('a')], { deadlineMs: 3_600_000 });
  await checked.untilTold(`deployment.apps/a inProgress: ${starts}`);
  checked.cluster.end('gone');
  checked.put('a', 1);
  expect(await clock.whileTimePasses(outcome)).toMatchObject({ status: 'succeeded' });
});

it('the deadline of a check whose cluster is away says so', async () => {
  const clock = new ManualClock();
  await using checked = await open(clock);
  checked.put('a', 0);
  const outcome = checked.wait([deployed('a')], { deadlineMs: 20_000 });
  await checked.untilTold(`deployment.apps/a inProgress: ${starts}`);
  checked.cluster.hideWatches('unavailable');
  checked.cluster.end('cut');
  expect(await clock.whileTimePasses(outcome)).toMatchObject({ failure: { code: 'runtime-lost' } });
});

it('goes on without the permission to read pods and Events', async () => {
  await using checked = await open();
  checked.put('a', 0);
  checked.cluster.meetWith(...[pods, events, replicaSets].map((path) => ({ path, trouble: 'forbidden' as const })));
  const outcome = checked.wait([deployed('a')]);
  await checked.untilTold(`deployment.apps/a inProgress: ${starts}`);
  checked.put('a', 1);
  expect(await outcome).toMatchObject({ status: 'succeeded' });
});

it('a kind that the cluster does not know is not waited for', async () => {
  await using checked = await open();
  expect(await checked.wait([deployed('t', 'Table', 'example.com/v1')])).toMatchObject({ status: 'succeeded' });
});
