/** What goes wrong with steps on a real cluster: one case each, what it is called and after how long it is told. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubernetesSettings } from '../../src/model/kubernetes-settings.ts';
import type { Failure } from '../../src/model/outcome.ts';
import { ClusterWorkloads, type Told, type Wanted } from '../rigs/cluster-workloads.ts';
import { openTestCluster, type TestCluster } from '../rigs/test-cluster.ts';

const isHere = (process.env['SLIPWAY_TEST_KUBECONFIG'] ?? '') !== '';
const registry = process.env['SLIPWAY_TEST_REGISTRY'];
/** As long as the slowest of them may take on a machine that is busy: far below what the platform would take to say it itself, or never says. */
const timeout = 120_000;

let cluster: TestCluster;
let workloads: ClusterWorkloads;

async function open(labels = {}): Promise<TestCluster> {
  const opened = await openTestCluster(labels);
  if ('skip' in opened) throw new Error(opened.skip);
  return opened;
}

function told(name: string, { failure, seconds }: Told): void {
  console.log(`${name.padEnd(60)} ${seconds.toFixed(1).padStart(5)} s  ${failure?.code ?? 'no failure'}`);
}

interface Case {
  readonly name: string;
  readonly settings?: Partial<KubernetesSettings>;
  readonly wanted: Wanted;
  readonly failure: Partial<Failure> & { readonly code: Failure['code'] };
  /** Words of the user's that the reason has to have. */
  readonly says?: RegExp;
}

const template = (spec: KubernetesSettings['podTemplate'] extends infer T ? NonNullable<T> extends { readonly spec?: infer S } ? S : never : never): Partial<KubernetesSettings> => ({ podTemplate: { spec: spec ?? {} } });
const sleep = 'sleep 300';

const cases: readonly Case[] = [
  { name: 'an image that the registry does not have', wanted: { image: `${registry}/no/such:1` }, failure: { code: 'image-unavailable', image: `${registry}/no/such:1` }, says: /no such image/ },
  { name: 'a registry that does not answer', wanted: { image: '127.0.0.1:1/tool:1' }, failure: { code: 'image-unavailable', image: '127.0.0.1:1/tool:1' }, says: /127\.0\.0\.1:1 does not answer: connection refused/ },
  { name: 'an image name that is none', wanted: { image: 'Localhost/BusyBox:1' }, failure: { code: 'image-unavailable', image: 'Localhost/BusyBox:1' }, says: /must be lowercase/ },
  { name: 'an image name that the API refuses', wanted: { image: ' ' }, failure: { code: 'image-unavailable' }, says: /whitespace/ },
  { name: 'an image that is not there and may not be pulled', wanted: { image: 'localhost/never-loaded:1', pull: 'never' }, failure: { code: 'image-unavailable', image: 'localhost/never-loaded:1' }, says: /may not be pulled/ },
  {
    name: 'a Secret that is not there, in a variable',
    settings: template({ containers: [{ name: 'step', env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'no-such', key: 'token' } } }] }] }),
    wanted: {},
    failure: { code: 'start-failed' },
    says: /there is no Secret "no-such"/,
  },
  {
    name: 'a Secret that is not there, in a volume',
    settings: template({ volumes: [{ name: 'keys', secret: { secretName: 'no-such' } }], containers: [{ name: 'step', volumeMounts: [{ name: 'keys', mountPath: '/keys' }] }] }),
    wanted: {},
    failure: { code: 'start-failed' },
    says: /volume "keys".*there is no Secret "no-such"/,
  },
  { name: 'a user that the pod may not have', settings: template({ securityContext: { runAsNonRoot: true } }), wanted: {}, failure: { code: 'start-failed' }, says: /kubernetes\.restricted/ },
  { name: 'more memory than any node has', settings: { ...template({ containers: [{ name: 'step', resources: { requests: { memory: '900Gi' } } }] }), unschedulableAfterMs: 3_000 }, wanted: {}, failure: { code: 'unschedulable' }, says: /Insufficient memory/ },
  { name: 'a node that there is not', settings: { ...template({ nodeSelector: { disk: 'nvme' } }), unschedulableAfterMs: 3_000 }, wanted: {}, failure: { code: 'unschedulable' }, says: /selector/ },
  { name: 'a pod that the API does not take', settings: template({ tolerations: [{ key: 'a', operator: 'Perhaps' }] }), wanted: {}, failure: { code: 'start-failed' }, says: /spec\.tolerations\[0\]\.operator/ },
  { name: 'an account that there is not', wanted: { serviceAccount: 'no-such' }, failure: { code: 'start-failed' }, says: /no service account "no-such"/ },
  { name: 'a command that there is not', wanted: { command: ['/no/such/command'] }, failure: { code: 'start-failed' }, says: /no\/such\/command/ },
  { name: 'more memory than its limit', wanted: { script: 'x=$(yes | head -c 80000000); echo survived', memoryBytes: 32 * 2 ** 20 }, failure: { code: 'out-of-memory', limit: '32Mi' } },
  { name: 'more room on the disk than its limit', settings: template({ containers: [{ name: 'step', resources: { limits: { 'ephemeral-storage': '20Mi' } } }] }), wanted: { script: `dd if=/dev/zero of=/big bs=1M count=60 2>/dev/null; ${sleep}` }, failure: { code: 'evicted' }, says: /storage/ },
  { name: 'a deadline of the cluster’s', settings: template({ activeDeadlineSeconds: 5 }), wanted: { script: sleep }, failure: { code: 'timed-out', afterMs: 5_000, by: 'cluster' } },
];

describe.skipIf(!isHere)('on a cluster', () => {
  beforeAll(async () => {
    cluster = await open();
    workloads = new ClusterWorkloads(cluster.connection);
  });
  afterAll(async () => {
    await workloads[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  });

  describe.concurrent('a step ends with its reason', () => {
    it.for(cases)('$name', { timeout }, async ({ name, settings = {}, wanted, failure, says }, { expect, skip }) => {
      skip(registry === undefined && wanted.image?.startsWith('undefined/') === true, 'SLIPWAY_TEST_REGISTRY names no registry');
      const end = await workloads.run(settings, wanted);
      told(name, end);
      expect(end.failure).toMatchObject(failure);
      if (says) expect(end.failure).toMatchObject({ detail: expect.stringMatching(says) as string });
    });
  });

  it('a pod that somebody deletes', { timeout }, async () => {
    const end = await workloads.run({}, { script: `echo begun; ${sleep}` }, async ({ ref }) => void (await cluster.client.json('DELETE', `/api/v1/namespaces/${cluster.namespace}/pods/${ref.name}`)));
    told('a pod that somebody deletes', end);
    expect(end.failure).toMatchObject({ code: 'workload-deleted' });
  });

  it('nothing is left of any of them', async () => {
    expect(await cluster.podsWith({ 'slipway.dev/store': 'test' })).toEqual([]);
  });
});
