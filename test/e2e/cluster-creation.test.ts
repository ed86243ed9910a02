/** Pods on a real cluster whose creation is cancelled, loses its response, or exceeds a quota. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/model/clock.ts';
import { noKubernetesSettings } from '../../src/model/kubernetes-settings.ts';
import { Cancelled } from '../../src/model/outcome.ts';
import type { Observation } from '../../src/model/work.ts';
import type { ClusterConnection } from '../../src/clusters/access/cluster-connection.ts';
import { kubernetesProvider } from '../../src/runtime/kubernetes/kubernetes-provider.ts';
import { endedUnfilled } from '../../src/runtime/kubernetes/pod/pod-reading.ts';
import { podOf } from '../../src/runtime/kubernetes/pod/pod-specification.ts';
import type { Pod } from '../../src/clusters/pods/pod-types.ts';
import { labelKeys, type Runtime, type WorkloadSpec } from '../../src/runtime/runtime.ts';
import { ApiProxy } from '../rigs/api-proxy.ts';
import { baseImage } from '../rigs/engines.ts';
import { projectDir } from '../rigs/project-dir.ts';
import { Teller } from '../rigs/run-account.ts';
import { clusterPlace, type RunPlace } from '../rigs/run-place.ts';
import { openTestCluster, type TestCluster } from '../rigs/test-cluster.ts';

const isHere = (process.env['SLIPWAY_TEST_KUBECONFIG'] ?? '') !== '';
const timeout = 300_000;
const run = 'creation-test';
const of = (name: string): WorkloadSpec => ({
  name,
  labels: { [labelKeys.store]: 'test', [labelKeys.run]: run },
  lifetime: 'step',
  containers: [{ name: 'step', image: baseImage, command: ['sleep', '300'], env: {}, mounts: [] }],
  volumes: [],
  pull: 'missing',
});

async function connected(connection: ClusterConnection): Promise<Runtime> {
  const found = await kubernetesProvider({
    connection: async () => await Promise.resolve(connection),
    settings: noKubernetesSettings,
    clock: systemClock,
  }).connect(new AbortController().signal);
  if (found.status !== 'connected') throw new Error(JSON.stringify(found));
  return found.runtime;
}

describe.skipIf(!isHere)('a start that is cancelled while the cluster creates pods', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    const opened = await openTestCluster();
    if ('skip' in opened) throw new Error(opened.skip);
    cluster = opened;
  });
  afterAll(async () => await cluster[Symbol.asyncDispose]());

  it.each(['held', 'cut'] as const)('leaves none if the response is %s', { timeout }, async (fate) => {
    await using proxy = await ApiProxy.before(cluster.connection);
    await using runtime = await connected(proxy.connection);
    const stop = new AbortController();
    const observed: Observation[] = [];
    const work = {
      signal: stop.signal,
      clock: systemClock,
      output: {
        write: () => undefined,
        lost: () => undefined,
        observe: (fact: Observation) => void observed.push(fact),
      },
    };
    proxy.meetCreationsWith(fate);
    const starts = [`${fate}-1`, `${fate}-2`].map(async (name) => await runtime.start(of(name), work));
    await proxy.untilMet(2);
    expect(await cluster.podsWith({ [labelKeys.run]: run })).toHaveLength(2);
    stop.abort(new Cancelled('user'));
    proxy.release();
    expect(await Promise.all(starts)).toMatchObject([{ status: 'cancelled' }, { status: 'cancelled' }]);
    expect(await cluster.podsWith({ [labelKeys.run]: run })).toEqual([]);
    expect(observed.filter(({ type }) => type === 'workload.left')).toEqual([]);
  });
});

describe.skipIf(!isHere)('a pod whose creator died before filling it', () => {
  it.each(['gated', 'raw'] as const)('ends itself: %s', { timeout }, async (form) => {
    const cluster = await openTestCluster();
    if ('skip' in cluster) throw new Error(cluster.skip);
    try {
      const body = podOf(of('orphan'), { ...noKubernetesSettings, helperImage: baseImage }, { form });
      const pods = `/api/v1/namespaces/${cluster.namespace}/pods`;
      // The limit is a separate argument.
      await cluster.client.json('POST', pods, {
        body: JSON.parse(JSON.stringify(body).replaceAll('"900"', '"2"')) as object,
      });
      await expect
        .poll(async () => await cluster.client.json<Pod>('GET', `${pods}/orphan`), { timeout: 120_000 })
        .toMatchObject({ status: { phase: 'Failed' } });
      expect(endedUnfilled(await cluster.client.json<Pod>('GET', `${pods}/orphan`))).toBe(true);
    } finally {
      await cluster[Symbol.asyncDispose]();
    }
  });
});

describe(
  `a quota of two pods${clusterPlace.skip === undefined ? '' : `: ${clusterPlace.skip}`}`,
  { timeout, skip: clusterPlace.skip !== undefined },
  () => {
    let place: RunPlace | undefined;
    beforeAll(async () => {
      place = await clusterPlace.open();
      const { client, namespace } = place.cluster as TestCluster;
      const body = {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'few' },
        spec: { hard: { pods: '2' } },
      };
      await client.json('POST', `/api/v1/namespaces/${namespace}/resourcequotas`, { body });
    });
    afterAll(async () => await place?.[Symbol.asyncDispose]());

    const steps = (scripts: readonly string[]) =>
      [
        'stage:',
        ...scripts.map(
          (script, i) => `  s${i}: ${JSON.stringify({ container: { image: baseImage, cmds: [script] } })}`,
        ),
        '',
      ].join('\n');

    async function ran(pipeline: string, ...more: string[]) {
      if (place === undefined) throw new Error('no cluster');
      const project = await projectDir({ '.wharf-ci.yml': pipeline });
      try {
        await using going = new Teller(place, project, {}).run(...more);
        const end = await going.ended;
        const left = await place.cluster?.podsWith({ 'app.kubernetes.io/managed-by': 'slipway' });
        return { ...end, left };
      } finally {
        await project[Symbol.asyncDispose]();
      }
    }

    it.each([[[]], [['--jobs', '2']]])('lets five steps pass (%j)', async (more) => {
      const { code, stdout, stderr, left } = await ran(steps(Array.from({ length: 5 }, () => 'sleep 1')), ...more);
      expect(code, stdout + stderr).toBe(0);
      expect(left).toEqual([]);
      if (more.length === 0) expect(stdout).toContain('waiting for room in the quota few (pods 2 of 2 used)');
    });

    it('leaves nothing if a step fails while others wait', async () => {
      const { code, stdout, left } = await ran(
        steps(['sleep 1; exit 3', ...Array.from({ length: 4 }, () => 'sleep 4')]),
      );
      expect(code, stdout).toBe(1);
      expect(left).toEqual([]);
    });
  },
);
