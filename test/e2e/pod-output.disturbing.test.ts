/** The output of a pod while its connections are cut and the cluster's parts are restarted. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ClusterFaults, noFaults } from '../rigs/cluster-faults.ts';
import { hearOutput, numbers, printingPod } from '../rigs/printing-pod.ts';
import { openTestCluster, type TestCluster } from '../rigs/test-cluster.ts';

const timeout = 240_000;
const faults = new ClusterFaults();
describe('pod output.disturbing', () => {
  let cluster: TestCluster;

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

  /** Prints slowly, so that no file is rotated before it is read. */
  const script = 'i=100; while [ $i -lt 300 ]; do seq ${i}000 ${i}999; i=$((i + 1)); sleep 0.1; done; printf end';
  const printed = `${numbers(100_000, 299_999)}end`;

  /** Reads all output. Calls and awaits `disturb` once some output has arrived. */
  async function heardDespite(disturb: () => Promise<unknown>): Promise<void> {
    await using pod = await printingPod(cluster, script);
    let disturbance: Promise<unknown> | undefined;
    const { text, lost } = await hearOutput(pod.source(), 0, (bytes) => {
      if (bytes > 200_000) disturbance ??= disturb();
    });
    expect(disturbance).toBeDefined();
    await disturbance;
    expect(lost).toEqual([]);
    expect(text === printed, `${text.length} of ${printed.length} bytes`).toBe(true);
  }

  describe.skipIf(noFaults !== undefined)(
    `the output of a pod in trouble${noFaults === undefined ? '' : ` (${noFaults})`}`,
    () => {
      beforeAll(async () => {
        const opened = await openTestCluster();
        if ('skip' in opened) throw new Error(opened.skip);
        cluster = opened;
      });
      afterEach(async () => await faults.mend(isWell), timeout);
      afterAll(async () => await cluster[Symbol.asyncDispose]());

      it('connections that are cut repeatedly', { timeout }, async () => {
        const { hostname, port } = new URL(cluster.connection.server);
        await heardDespite(async () => {
          for (let i = 0; i < 5; i++) {
            await promisify(execFile)('ss', ['-K', 'dst', hostname, 'dport', '=', port === '' ? '443' : port]);
            await new Promise((resolve) => setTimeout(resolve, 1_500));
          }
        });
      });

      it(
        'an API server that restarts',
        { timeout },
        async () => await heardDespite(async () => await faults.restart('apiserver', 2)),
      );

      it(
        'a containerd that restarts',
        { timeout },
        async () => await heardDespite(async () => await faults.restart('containerd', 1)),
      );

      it(
        'a kubelet that restarts',
        { timeout },
        async () => await heardDespite(async () => await faults.restart('kubelet', 1)),
      );
    },
  );
});
