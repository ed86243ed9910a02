/** Failures of steps on a real cluster: one case each, with its failure code and duration. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubernetesSettings } from '../../src/model/kubernetes-settings.ts';
import type { Failure } from '../../src/model/outcome.ts';
import { accountWithout } from '../rigs/cluster-account.ts';
import { baseImage } from '../rigs/engines.ts';
import { projectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';
import { ClusterWorkloads, type Told, type Wanted } from '../rigs/cluster-workloads.ts';
import { openTestCluster, type TestCluster } from '../rigs/test-cluster.ts';

const isHere = (process.env['SLIPWAY_TEST_KUBECONFIG'] ?? '') !== '';
const registry = process.env['SLIPWAY_TEST_REGISTRY'];
/** As long as the slowest case may take on a busy machine: a node checks the disk usage of pods only now and then. */
const timeout = 300_000;

describe('cluster failures', () => {
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
    /** A pattern of the failure's text. */
    readonly says?: RegExp;
    /** A pattern of what the step is shown to wait for. */
    readonly waits?: RegExp;
  }

  const template = (
    spec: KubernetesSettings['podTemplate'] extends infer T
      ? NonNullable<T> extends { readonly spec?: infer S }
        ? S
        : never
      : never,
  ): Partial<KubernetesSettings> => ({ podTemplate: { spec: spec ?? {} } });
  const sleep = 'sleep 300';

  const withStep = (more: object) => template({ containers: [{ name: 'step', ...more }] });
  const beside = (script: string, more: object = {}) => ({
    name: 'other',
    image: baseImage,
    imagePullPolicy: 'IfNotPresent',
    command: ['/bin/sh', '-c', script],
    ...more,
  });

  /** Containers of the pod that exit or cannot start, beside the step's own command. */
  const inItsPod: readonly Case[] = [
    {
      name: 'an init container that fails',
      settings: template({ initContainers: [beside('echo preparing; exit 4')] }),
      wanted: {},
      failure: { code: 'container-failed', container: 'other', how: 'exited with code 4', detail: 'preparing' },
    },
    {
      name: 'an init container without its command',
      settings: template({ initContainers: [beside('', { command: ['/no/such'] })] }),
      wanted: {},
      failure: { code: 'container-failed', container: 'other', how: 'could not be started' },
      says: /no\/such/,
    },
    {
      name: 'an init container that restarts repeatedly',
      settings: template({ initContainers: [beside('exit 9', { restartPolicy: 'Always' })] }),
      // Such a container counts as started, so the step may begin before it fails.
      wanted: { script: sleep },
      failure: { code: 'container-failed', container: 'other', how: 'exited with code 9 and keeps restarting' },
    },
    {
      name: 'a variable that is too large',
      settings: withStep({ env: [{ name: 'BIG', value: 'x'.repeat(140_000) }] }),
      wanted: {},
      failure: { code: 'container-failed', container: 'step', how: 'exited with code 1 before its command began' },
      says: /argument list too long/,
    },
    {
      name: 'a sidecar that fails before the step starts',
      settings: template({ containers: [beside('echo no port; exit 9')] }),
      wanted: { script: sleep },
      failure: { code: 'container-failed', container: 'other', how: 'exited with code 9', detail: 'no port' },
    },
    {
      name: 'a sidecar that fails while the step runs',
      settings: template({ containers: [beside('sleep 4; exit 9')] }),
      wanted: { script: sleep },
      failure: { code: 'container-failed', container: 'other', how: 'exited with code 9' },
    },
    {
      name: 'a helper without memory',
      settings: template({ containers: [{ name: 'slipway', resources: { limits: { memory: '1Mi' } } }] }),
      wanted: {},
      failure: { code: 'container-failed', container: 'slipway', part: 'helper' },
      says: /1Mi is too small/,
    },
    {
      name: 'a limit that is too small to start',
      settings: withStep({ resources: { limits: { memory: '1Mi' } } }),
      wanted: {},
      failure: { code: 'out-of-memory', limit: '1Mi', atStart: true },
    },
    {
      name: 'a liveness probe that fails',
      settings: withStep({
        livenessProbe: {
          exec: { command: ['sh', '-c', 'echo not well; exit 1'] },
          periodSeconds: 1,
          failureThreshold: 2,
        },
      }),
      wanted: { script: sleep },
      failure: { code: 'container-failed', how: 'was killed: its liveness probe failed' },
      says: /not well/,
    },
    {
      name: 'a postStart hook that fails',
      settings: withStep({ lifecycle: { postStart: { exec: { command: ['false'] } } } }),
      wanted: { script: sleep },
      failure: { code: 'container-failed', how: 'was killed: its postStart hook failed' },
    },
    {
      name: 'an unknown priority class',
      settings: template({ priorityClassName: 'nope' }),
      wanted: {},
      failure: { code: 'start-failed' },
      says: /no PriorityClass "nope"/,
    },
  ];

  const cases: readonly Case[] = [
    {
      name: 'an image that the registry does not have',
      wanted: { image: `${registry}/no/such:1` },
      failure: { code: 'image-unavailable', image: `${registry}/no/such:1` },
      says: /no such image/,
    },
    {
      name: 'a registry that does not respond',
      wanted: { image: '127.0.0.1:1/tool:1' },
      failure: { code: 'image-unavailable', image: '127.0.0.1:1/tool:1' },
      says: /127\.0\.0\.1:1 does not answer: connection refused/,
    },
    {
      name: 'an invalid image name',
      wanted: { image: 'Localhost/BusyBox:1' },
      failure: { code: 'image-unavailable', image: 'Localhost/BusyBox:1' },
      says: /must be lowercase/,
    },
    {
      name: 'an image name that the API rejects',
      wanted: { image: ' ' },
      failure: { code: 'image-unavailable' },
      says: /whitespace/,
    },
    {
      name: 'a missing image with pull policy never',
      wanted: { image: 'localhost/never-loaded:1', pull: 'never' },
      failure: { code: 'image-unavailable', image: 'localhost/never-loaded:1' },
      says: /--pull never forbids/,
    },
    {
      name: 'an unknown Secret in a variable',
      settings: template({
        containers: [
          { name: 'step', env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'no-such', key: 'token' } } }] },
        ],
      }),
      wanted: {},
      failure: { code: 'start-failed' },
      says: /has no Secret "no-such"/,
    },
    {
      name: 'an unknown Secret in a volume',
      settings: template({
        volumes: [{ name: 'keys', secret: { secretName: 'no-such' } }],
        containers: [{ name: 'step', volumeMounts: [{ name: 'keys', mountPath: '/keys' }] }],
      }),
      wanted: {},
      failure: { code: 'start-failed' },
      says: /volume "keys".*has no Secret "no-such"/,
    },
    {
      name: 'a forbidden user',
      settings: template({ securityContext: { runAsNonRoot: true } }),
      wanted: {},
      failure: { code: 'start-failed' },
      says: /kubernetes\.restricted/,
    },
    {
      name: 'more memory than any node has',
      settings: {
        ...template({ containers: [{ name: 'step', resources: { requests: { memory: '900Gi' } } }] }),
        unschedulableAfterMs: 3_000,
      },
      wanted: {},
      failure: { code: 'unschedulable' },
      says: /Insufficient memory/,
    },
    {
      name: 'an unknown node',
      settings: { ...template({ nodeSelector: { disk: 'nvme' } }), unschedulableAfterMs: 3_000 },
      wanted: {},
      failure: { code: 'unschedulable' },
      says: /selector/,
    },
    {
      name: 'a pod that the API rejects',
      settings: template({ tolerations: [{ key: 'a', operator: 'Perhaps' }] }),
      wanted: {},
      failure: { code: 'start-failed' },
      says: /spec\.tolerations\[0\]\.operator/,
    },
    {
      name: 'a pod that is too large',
      settings: template({ containers: [{ name: 'step', env: [{ name: 'BIG', value: 'x'.repeat(1_600_000) }] }] }),
      wanted: {},
      failure: { code: 'start-failed' },
      says: /exceeds the cluster.s size limit/,
    },
    {
      name: 'a pod that is larger still',
      settings: template({ containers: [{ name: 'step', env: [{ name: 'BIG', value: 'x'.repeat(3_200_000) }] }] }),
      wanted: {},
      failure: { code: 'start-failed' },
      says: /exceeds the cluster.s size limit/,
    },
    {
      name: 'an unknown scheduler',
      settings: { ...template({ schedulerName: 'nobody' }), unschedulableAfterMs: 5_000 },
      wanted: {},
      failure: { code: 'unschedulable' },
      says: /no scheduler called nobody has picked up the pod/,
      waits: /no scheduler called nobody has picked up the pod yet/,
    },
    {
      name: 'an unknown service account',
      wanted: { serviceAccount: 'no-such' },
      failure: { code: 'start-failed' },
      says: /no service account "no-such"/,
    },
    {
      name: 'an unknown command',
      wanted: { command: ['/no/such/command'] },
      failure: { code: 'start-failed' },
      says: /no\/such\/command/,
    },
    {
      name: 'more memory than its limit',
      wanted: { script: 'x=$(yes | head -c 80000000); echo survived', memoryBytes: 32 * 2 ** 20 },
      failure: { code: 'out-of-memory', limit: '32Mi' },
    },
    {
      name: 'more disk space than its limit',
      settings: template({ containers: [{ name: 'step', resources: { limits: { 'ephemeral-storage': '20Mi' } } }] }),
      wanted: { script: `dd if=/dev/zero of=/big bs=1M count=60 2>/dev/null; ${sleep}` },
      failure: { code: 'evicted' },
      says: /storage/,
    },
    ...inItsPod,
    {
      name: 'a deadline of the cluster',
      settings: template({ activeDeadlineSeconds: 5 }),
      wanted: { script: sleep },
      failure: { code: 'timed-out', afterMs: 5_000, by: 'cluster' },
    },
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

    describe.concurrent('a step reports its failure', () => {
      it.for(cases)(
        '$name',
        { timeout },
        async ({ name, settings = {}, wanted, failure, says, waits }, { expect, skip }) => {
          skip(
            registry === undefined && wanted.image?.startsWith('undefined/') === true,
            'SLIPWAY_TEST_REGISTRY names no registry',
          );
          const end = await workloads.run(settings, wanted);
          told(name, end);
          expect(end.failure).toMatchObject(failure);
          if (waits)
            expect(end.observed).toContainEqual({ type: 'waiting', message: expect.stringMatching(waits) as string });
          if (says) expect(end.failure).toMatchObject({ detail: expect.stringMatching(says) as string });
        },
      );
    });

    it('a pod that another process deletes', { timeout }, async () => {
      const end = await workloads.run(
        {},
        { script: `echo begun; ${sleep}` },
        async ({ ref }) =>
          void (await cluster.client.json('DELETE', `/api/v1/namespaces/${cluster.namespace}/pods/${ref.name}`)),
      );
      told('a pod that another process deletes', end);
      expect(end.failure).toMatchObject({ code: 'workload-deleted' });
    });

    it('a quota of the namespace', { timeout }, async () => {
      await using own = await open();
      await using quota = new ClusterWorkloads(own.connection);
      await own.client.json('POST', `/api/v1/namespaces/${own.namespace}/resourcequotas`, {
        body: { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none' }, spec: { hard: { pods: '0' } } },
      });
      const end = await quota.run({}, {});
      told('a quota of the namespace', end);
      expect(end.failure).toMatchObject({
        code: 'quota-exceeded',
        detail: expect.stringContaining('limited: pods=0') as string,
      });
    });

    it('a limit of the namespace', { timeout }, async () => {
      await using own = await open();
      await using limited = new ClusterWorkloads(own.connection);
      await own.client.json('POST', `/api/v1/namespaces/${own.namespace}/limitranges`, {
        body: {
          apiVersion: 'v1',
          kind: 'LimitRange',
          metadata: { name: 'small' },
          spec: { limits: [{ type: 'Container', max: { memory: '64Mi' } }] },
        },
      });
      const end = await limited.run({}, { memoryBytes: 2 ** 30 });
      told('a limit of the namespace', end);
      expect(end.failure).toMatchObject({
        code: 'start-failed',
        detail: expect.stringMatching(/LimitRange.*64Mi/) as string,
      });
    });

    it('a namespace with restricted pods only', { timeout }, async () => {
      await using own = await open({ 'pod-security.kubernetes.io/enforce': 'restricted' });
      await using restricted = new ClusterWorkloads(own.connection);
      const end = await restricted.run({}, {});
      told('a namespace with restricted pods only', end);
      expect(end.failure).toMatchObject({
        code: 'forbidden',
        detail: expect.stringContaining('`kubernetes.restricted: true`') as string,
      });
      expect(await restricted.run({ restricted: { user: 1000, group: 1000 } }, { script: 'id -u' })).toMatchObject({
        exit: { code: 0 },
        output: '1000\n',
      });
    });

    it('an unknown namespace', { timeout }, async () => {
      await using nowhere = new ClusterWorkloads({ ...cluster.connection, namespace: 'slipway-no-such-namespace' });
      const end = await nowhere.run({}, {});
      told('an unknown namespace', end);
      expect(end.failure).toMatchObject({
        code: 'start-failed',
        detail: expect.stringContaining('no namespace "slipway-no-such-namespace"') as string,
      });
    });

    it('a login that the cluster rejects', { timeout }, async () => {
      await using stranger = new ClusterWorkloads({
        ...cluster.connection,
        login: { credentials: async () => await Promise.resolve({ token: 'nobody' }) },
      });
      await expect(stranger.run({}, {})).rejects.toThrow(/unavailable/);
    });

    it.each([
      ['create', 'pods'],
      ['watch', 'pods'],
      ['list', 'pods'],
      ['get', 'pods/exec'],
      ['get', 'pods/log'],
    ])('an account that may not %s %s', { timeout }, async (verb, resource) => {
      await using account = await accountWithout(cluster, verb, resource);
      await using limited = new ClusterWorkloads(account.connection);
      const end = await limited.run({}, { script: 'echo done' });
      told(`an account that may not ${verb} ${resource}`, end);
      expect(end.failure).toMatchObject({
        code: 'forbidden',
        detail: expect.stringMatching(
          new RegExp(`may not ${verb} ${resource} .*resources: \\["?${resource}"?\\], verbs: \\["?${verb}"?\\]`, 's'),
        ) as string,
      });
    });

    it('an invalid token is renewed through the kubeconfig', { timeout }, async () => {
      await using account = await accountWithout(cluster);
      await using workloads = new ClusterWorkloads(account.connection);
      const end = await workloads.run(
        {},
        { script: 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do echo $i; sleep 1; done' },
        async () => await account.invalidate(),
      );
      told('an invalid token', end);
      expect(end).toMatchObject({ exit: { code: 0 }, output: '1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n' });
      expect(account.asked()).toBeGreaterThan(1);
    });

    /** The output of the command line. */
    it.each([
      [
        'an unknown image',
        `container: { image: ${registry}/no/such:1, cmds: ['true'] }`,
        '',
        /cannot pull image[^]*no such image[^]*imagePullSecrets/,
      ],
      [
        'an unknown Secret',
        `container: { image: ${baseImage}, cmds: ['true'] }`,
        'kubernetes: { podTemplate: { spec: { volumes: [{ name: keys, secret: { secretName: no-such } }], containers: [{ name: step, volumeMounts: [{ name: keys, mountPath: /keys }] }] } } }',
        /cannot start the step[^]*no Secret "no-such"[^]*podTemplate/,
      ],
      [
        'an unknown node',
        `container: { image: ${baseImage}, cmds: ['true'] }`,
        'kubernetes: { unschedulableAfter: 3s, podTemplate: { spec: { nodeSelector: { disk: nvme } } } }',
        /no node can run this pod[^]*selector[^]*unschedulableAfter/,
      ],
    ])('the command line reports %s', { timeout }, async (_, step, operator, says) => {
      await using own = await open();
      await using project = await projectDir({ '.wharf-ci.yml': `stage:\n  step:\n    ${step}\n` });
      await project.write({ '../home/.config/slipway/config.yaml': operator });
      const kubeconfig = join(project.env['HOME'] ?? '', 'kubeconfig');
      await writeFile(kubeconfig, own.kubeconfig);
      await using run = runCli(['run', '--on', 'kubernetes', '--output', 'text'], {
        cwd: project.path,
        env: { ...project.env, KUBECONFIG: kubeconfig },
      });
      const { stdout, stderr } = await run.exits(1);
      expect(stdout + stderr).toMatch(says);
      expect(await own.podsWith({})).toEqual([]);
    });

    it('no case leaves anything behind', async () => {
      expect(await cluster.podsWith({ 'slipway.dev/store': 'test' })).toEqual([]);
    });
  });
});
