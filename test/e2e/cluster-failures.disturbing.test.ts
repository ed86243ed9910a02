/** Faults of the cluster itself while a step runs. Each case stops a part that all other tests use, and restores it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/model/clock.ts';
import { undecided } from '../../src/runtime/kubernetes/pod/judgement.ts';
import { openPodWatcher } from '../../src/runtime/kubernetes/pod/pod-watcher.ts';
import { ClusterFaults, noFaults, type ClusterPart } from '../rigs/cluster-faults.ts';
import { ClusterWorkloads, type Told } from '../rigs/cluster-workloads.ts';
import { openTestCluster, type TestCluster } from '../rigs/test-cluster.ts';

const timeout = 240_000;
const faults = new ClusterFaults();
describe('cluster failures.disturbing', () => {
  let cluster: TestCluster;
  let workloads: ClusterWorkloads;

  function told(name: string, { failure, seconds }: Told): void {
    console.log(`${name.padEnd(75)} ${seconds.toFixed(1).padStart(5)} s  ${failure?.code ?? 'no failure'}`);
  }

  /** The step continues meanwhile. */
  function holdFor(part: ClusterPart, seconds: number): void {
    faults.hold(part);
    setTimeout(() => faults.release(part), seconds * 1_000);
  }

  interface Nodes {
    readonly items: readonly {
      readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
    }[];
  }

  async function isWell(): Promise<boolean> {
    const { items } = await cluster.client.json<Nodes>('GET', '/api/v1/nodes', { deadlineMs: 5_000 });
    return items.every(
      ({ status }) => status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true,
    );
  }

  /** A cluster marks a pod as not ready after the loss of its node only if it was ready before. */
  async function isReady(name: string): Promise<void> {
    const watcher = openPodWatcher({ client: cluster.client, clock: systemClock, namespace: cluster.namespace });
    using follower = watcher.follow(name);
    await follower.until<true>(
      ({ pod }) =>
        pod?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')
          ? { settled: true as const }
          : undecided,
      AbortSignal.timeout(60_000),
    );
    watcher.close();
  }

  const counting = (seconds: number) => ({
    script: `i=0; while [ $i -lt ${seconds} ]; do i=$((i + 1)); echo $i; sleep 1; done; exit 7`,
    output: Array.from({ length: seconds }, (_, index) => `${index + 1}\n`).join(''),
  });

  describe.skipIf(noFaults !== undefined)(
    `a cluster in trouble${noFaults === undefined ? '' : ` (${noFaults})`}`,
    () => {
      beforeAll(async () => {
        const opened = await openTestCluster();
        if ('skip' in opened) throw new Error(opened.skip);
        cluster = opened;
        workloads = new ClusterWorkloads(cluster.connection);
      });
      afterEach(async () => await faults.mend(isWell), timeout);
      afterAll(async () => {
        await workloads[Symbol.asyncDispose]();
        await cluster[Symbol.asyncDispose]();
      });

      it('a lost node is reported', { timeout }, async () => {
        const end = await workloads.run({}, { script: 'echo begun; sleep 300' }, async ({ ref }) => {
          await isReady(ref.name);
          faults.hold('kubelet');
        });
        told('a lost node', end);
        expect(end.failure).toMatchObject({ code: 'node-lost', node: expect.stringMatching(/./) as string });
      });

      it.each<[string, number, () => void | Promise<void>]>([
        ['a node that returns in time loses nothing', 40, () => holdFor('kubelet', 20)],
        ['a minute without an API server loses no output', 75, async () => await faults.restart('apiserver', 60)],
        [
          'a step that ends without an API server is reported when it returns',
          10,
          async () => await faults.restart('apiserver', 25),
        ],
        ['a hanging API server loses no output', 40, () => holdFor('apiserver', 30)],
        ['a restart of containerd loses nothing', 15, async () => await faults.restart('containerd', 2)],
      ])('%s', { timeout }, async (name, seconds, fault) => {
        const { script, output } = counting(seconds);
        const end = await workloads.run({}, { script }, async (_, begun) => {
          await begun;
          await fault();
        });
        told(name, end);
        expect(end).toMatchObject({ exit: { code: 7 }, output });
      });
    },
  );
});
