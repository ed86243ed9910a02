import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import type { LocalContainer } from '../../runtime/local-deployments.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { localPlan } from './local-plan.ts';

type Value = Readonly<Record<string, unknown>>;

const options = { name: 'shop', namespace: 'default' };

function pod(spec: Value, name = 'web', more: Value = {}): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name }, ...more }, spec };
}

const container = (more: Value = {}) => ({ name: 'web', image: 'web:1', ...more });
const service = (spec: Value, name = 'web', namespace?: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, ...(namespace !== undefined && { namespace }) },
  spec: { selector: { app: 'web' }, ...spec },
});
const settings: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data: { a: '1', b: '2' },
};
const token: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'token' },
  data: { key: Buffer.from('s3cret').toString('base64') },
};

function planOf(...manifests: readonly KubernetesObject[]) {
  const { plan, problems, notes } = localPlan(manifests, options);
  const text = (all: typeof problems) => all.map(({ object, detail }) => `${object}: ${detail}`);
  return {
    workloads: plan.workloads.map(({ workload }) => workload),
    plan,
    problems: text(problems),
    notes: text(notes),
  };
}

/** Returns the only container of a pod with these fields. */
function containerOf(fields: Value, spec: Value = {}, ...others: readonly KubernetesObject[]): LocalContainer {
  const { workloads, problems } = planOf(pod({ containers: [container(fields)], ...spec }), ...others);
  expect(problems).toEqual([]);
  const found = workloads[0]?.containers[0];
  if (found === undefined) throw new Error('there is no container');
  return found;
}

describe('a container', () => {
  it.each<[string, Value, Partial<LocalContainer>]>([
    ['command and args', { command: ['a'], args: ['b'] }, { command: ['a'], args: ['b'] }],
    ['the working directory', { workingDir: '/x' }, { workingDirectory: '/x' }],
    [
      'the order of variables',
      {
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '$(A)$(C)' },
          { name: 'C', value: 'x' },
        ],
      },
      { env: { A: '1', B: '1$(C)', C: 'x' } },
    ],
    [
      'escapes',
      { command: ['$$(A)', '$(A)', '$$$(A)'], env: [{ name: 'A', value: '1' }] },
      { command: ['$(A)', '1', '$1'] },
    ],
    [
      'a ConfigMap',
      { envFrom: [{ prefix: 'X_', configMapRef: { name: 'settings' } }], env: [{ name: 'X_b', value: '3' }] },
      { env: { X_a: '1', X_b: '3' } },
    ],
    [
      'a Secret',
      { env: [{ name: 'K', valueFrom: { secretKeyRef: { name: 'token', key: 'key' } } }] },
      { env: { K: 's3cret' } },
    ],
    [
      'optional sources',
      {
        envFrom: [{ secretRef: { name: 'none', optional: true } }],
        env: [{ name: 'K', valueFrom: { configMapKeyRef: { name: 'settings', key: 'c', optional: true } } }],
      },
      { env: {} },
    ],
    [
      'the downward API',
      {
        env: [
          { name: 'N', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
          { name: 'L', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
        ],
      },
      { env: { N: 'default', L: 'web' } },
    ],
    [
      'limits',
      { resources: { limits: { cpu: '250m', memory: '1Gi' }, requests: { cpu: 1 } } },
      { cpus: 0.25, memoryBytes: 2 ** 30 },
    ],
    [
      'rights',
      {
        securityContext: {
          runAsUser: 1,
          runAsGroup: 2,
          readOnlyRootFilesystem: true,
          allowPrivilegeEscalation: false,
          capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] },
        },
      },
      {
        user: '1:2',
        readOnlyRoot: true,
        noNewPrivileges: true,
        addCapabilities: ['NET_ADMIN'],
        dropCapabilities: ['ALL'],
      },
    ],
    ['the pull policy', { imagePullPolicy: 'Never' }, { pull: 'never' }],
  ])('has %s', (_, fields, expected) => {
    expect(containerOf(fields, {}, settings, token)).toMatchObject(expected);
  });

  it('inherits from its pod', () => {
    const spec = { securityContext: { runAsUser: 5, fsGroup: 7, supplementalGroups: [8] } };
    expect(containerOf({}, spec)).toMatchObject({ user: '5', groups: ['7', '8'] });
  });

  it.each<[string, Value, Value]>([
    [
      'http',
      { httpGet: { port: 'http', path: '/ok' }, periodSeconds: 2 },
      { check: { kind: 'http', port: 80, path: '/ok', headers: [] }, periodSeconds: 2, failureThreshold: 3 },
    ],
    ['exec', { exec: { command: ['true'] } }, { check: { kind: 'exec', command: ['true'] }, timeoutSeconds: 1 }],
    ['tcp', { tcpSocket: { port: 5 } }, { check: { kind: 'tcp', port: 5 } }],
  ])('has a probe: %s', (_, readinessProbe, expected) => {
    const ports = [{ name: 'http', containerPort: 80 }];
    expect(containerOf({ ports, readinessProbe }).probes.readiness).toMatchObject(expected);
  });
});

describe('volumes', () => {
  const mounted = (volume: Value, mount: Value = {}, more: Value = {}) =>
    planOf(
      pod({
        containers: [container({ volumeMounts: [{ name: 'v', mountPath: '/v/', ...mount }] })],
        volumes: [{ name: 'v', ...volume }],
        ...more,
      }),
      settings,
      token,
    );

  it.each<[string, Value, Value]>([
    ['emptyDir', { emptyDir: {} }, { kind: 'empty', memory: false }],
    [
      'in memory',
      { emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
      { kind: 'empty', memory: true, sizeBytes: 2 ** 20 },
    ],
    ['hostPath', { hostPath: { path: '/x', type: 'Directory' } }, { kind: 'host', path: '/x', mustExist: true }],
    [
      'a claim',
      { persistentVolumeClaim: { claimName: 'data' } },
      { kind: 'claim', claim: 'default/data', volume: 'shop-default.data' },
    ],
  ])('of the engine: %s', (_, volume, expected) => {
    const { workloads, problems } = mounted(volume);
    expect(problems).toEqual([]);
    expect(workloads[0]?.volumes).toEqual([{ name: 'v', ...expected }]);
    expect(workloads[0]?.containers[0]?.mounts).toEqual([{ volume: 'v', path: '/v', readOnly: false }]);
  });

  it.each<[string, Value, Value, readonly string[]]>([
    ['a ConfigMap', { configMap: { name: 'settings' } }, {}, ['a 644 0 1', 'b 644 0 2']],
    [
      'items',
      { configMap: { name: 'settings', items: [{ key: 'a', path: 'x/y', mode: 0o600 }] } },
      {},
      ['x/y 600 0 1'],
    ],
    [
      'a Secret with fsGroup',
      { secret: { secretName: 'token', defaultMode: 0o400 } },
      { securityContext: { fsGroup: 9 } },
      ['key 440 9 s3cret'],
    ],
    [
      'projected',
      {
        projected: {
          sources: [
            { configMap: { name: 'settings' } },
            { secret: { name: 'token', items: [{ key: 'key', path: 'a' }] } },
            { downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels' } }] } },
          ],
        },
      },
      {},
      ['a 644 0 s3cret', 'b 644 0 2', 'l 644 0 app="web"'],
    ],
  ])('of files: %s', (_, volume, more, expected) => {
    const { workloads, problems } = mounted(volume, {}, more);
    expect(problems).toEqual([]);
    const [found] = workloads[0]?.volumes ?? [];
    const files = found?.kind === 'files' ? found.files : [];
    expect(
      files.map(
        ({ path, mode, group, content }) => `${path} ${mode.toString(8)} ${group} ${Buffer.from(content).toString()}`,
      ),
    ).toEqual(expected);
  });

  it('says which workloads have files with Secrets', () => {
    expect(mounted({ secret: { secretName: 'token' } }).plan.workloads[0]).toMatchObject({ hasSecretFiles: true });
    expect(mounted({ configMap: { name: 'settings' } }).plan.workloads[0]).toMatchObject({ hasSecretFiles: false });
  });

  it('tells the content of Secrets from nothing that becomes a label', () => {
    const { workloads } = mounted({ secret: { secretName: 'token' } });
    expect(workloads[0]?.sources['Secret default token']).toBe('');
  });
});

describe('workloads', () => {
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [container()] } };
  const object = (kind: string, spec: Value, apiVersion = 'apps/v1', namespace?: string): KubernetesObject => ({
    apiVersion,
    kind,
    metadata: { name: 'web', ...(namespace !== undefined && { namespace }) },
    spec: { template, ...spec },
  });

  it.each<[string, KubernetesObject, readonly string[], Value]>([
    ['Deployment', object('Deployment', {}), ['shop-web'], { policy: 'always' }],
    ['replicas', object('Deployment', { replicas: 2 }), ['shop-web', 'shop-web-1'], { policy: 'always' }],
    ['no replicas', object('Deployment', { replicas: 0 }), [], {}],
    ['StatefulSet', object('StatefulSet', { replicas: 2 }), ['shop-web-0', 'shop-web-1'], { policy: 'always' }],
    ['DaemonSet', object('DaemonSet', {}), ['shop-web-daemonset'], { policy: 'always' }],
    ['Job', object('Job', { backoffLimit: 1 }, 'batch/v1'), ['shop-web-job'], { policy: 'once', retries: 1 }],
    ['another namespace', object('Deployment', {}, 'apps/v1', 'other'), ['shop-other.web'], { policy: 'always' }],
    ['Pod', pod({ restartPolicy: 'Never', containers: [container()] }), ['shop-web-pod'], { policy: 'never' }],
  ])('%s', (_, manifest, names, restart) => {
    const { workloads, problems, notes } = planOf(manifest);
    expect([problems, notes]).toEqual([[], []]);
    expect(workloads.map(({ name }) => name)).toEqual(names);
    if (workloads[0]) expect(workloads[0].restart).toEqual(restart);
  });

  it('gives pods of a StatefulSet names and claims of their own', () => {
    const set = object('StatefulSet', {
      replicas: 2,
      serviceName: 'web',
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }],
    });
    const { workloads } = planOf(set, service({ clusterIP: 'None', ports: [{ port: 80 }] }));
    expect(workloads[1]?.volumes).toEqual([
      { name: 'data', kind: 'claim', claim: 'default/data-web-1', volume: 'shop-default.data-web-1' },
    ]);
    expect(workloads[1]?.aliases).toContain('web-1.web.default.svc.cluster.local');
  });

  it('has sidecars', () => {
    const { workloads } = planOf(
      pod({ initContainers: [container({ name: 'side', restartPolicy: 'Always' })], containers: [container()] }),
    );
    expect(workloads[0]?.initContainers[0]).toMatchObject({ name: 'side', sidecar: true });
  });
});

describe('services', () => {
  const web = pod({ containers: [container({ ports: [{ name: 'http', containerPort: 8080 }] })] });

  it('have four names', () => {
    const { workloads } = planOf(web, service({ ports: [{ port: 8080 }] }));
    expect(workloads[0]?.aliases).toEqual(['web', 'web.default', 'web.default.svc', 'web.default.svc.cluster.local']);
    expect(workloads[0]?.forwards).toEqual([]);
    expect(workloads[0]?.ports).toEqual([
      { container: 8080, protocol: 'tcp', wanted: 8080, of: 'service/web port 8080' },
    ]);
  });

  it('forward a port that is another one in the pod', () => {
    const { workloads, notes } = planOf(web, service({ ports: [{ port: 80, targetPort: 'http' }] }));
    expect(workloads[0]?.forwards).toEqual([{ listen: 80, to: 8080 }]);
    expect(workloads[0]?.ports).toMatchObject([{ container: 8080, wanted: 80 }]);
    expect(notes).toEqual([]);
  });

  it('publish the port of the node that they ask for, and each port of the machine once', () => {
    const { workloads } = planOf(
      web,
      service({ type: 'NodePort', ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] }),
      service({ ports: [{ port: 30080, targetPort: 8080 }] }, 'again'),
    );
    expect(workloads[0]?.ports).toEqual([
      { container: 8080, protocol: 'tcp', wanted: 30080, of: 'service/web port 80' },
      { container: 8080, protocol: 'tcp', of: 'service/again port 30080' },
    ]);
  });

  it.each<[string, readonly KubernetesObject[], string]>([
    [
      'no such port',
      [service({ ports: [{ port: 80, targetPort: 'grpc' }] })],
      'service/web: spec.ports[0].targetPort: no container of pod web names a port grpc',
    ],
    [
      'no selector',
      [service({ selector: undefined, ports: [] })],
      'service/web: spec.selector: is missing: a Service without it has no name on a container engine',
    ],
    ['no pod', [service({ selector: { app: 'x' } })], 'service/web: spec.selector: selects no pod'],
    [
      'two targets',
      [service({ ports: [{ port: 80, targetPort: 1 }] }, 'a'), service({ ports: [{ port: 80, targetPort: 2 }] }, 'b')],
      'service/b: spec.ports[0].targetPort: use port 2: port 80 of pod web already leads to 1',
    ],
    [
      'a port of the pod',
      [service({ ports: [{ port: 8080, targetPort: 1 }] })],
      'service/web: spec.ports[0].targetPort: use port 1: a container of pod web has a port 8080 of its own',
    ],
    [
      'UDP',
      [service({ ports: [{ port: 53, targetPort: 1, protocol: 'UDP' }] })],
      'service/web: spec.ports[0].targetPort: use port 1: UDP cannot be forwarded from port 53',
    ],
  ])('say what does not work: %s', (_, manifests, expected) => {
    const { problems, notes } = planOf(web, ...manifests);
    expect([...problems, ...notes]).toContain(expected);
  });

  it('have no short name if another namespace has the same', () => {
    const { workloads, notes } = planOf(web, service({}), service({ selector: { app: 'web' } }, 'web', 'other'));
    expect(workloads[0]?.aliases).toEqual(['web.default', 'web.default.svc', 'web.default.svc.cluster.local']);
    expect(notes).toContain(
      'service/web: metadata.name: Services of several namespaces have this name, so only web.default leads to it',
    );
  });
});

describe('what is not supported', () => {
  const cron: KubernetesObject = { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'n' }, spec: {} };

  it.each<[string, KubernetesObject, RegExp]>([
    ['CronJobs', cron, /^cronjob\.batch\/n: kind: CronJobs are not supported/],
    [
      'a name that no cluster would take',
      { ...pod({ containers: [container()] }), metadata: { name: '../x' } },
      /^pod\/\.\.\/x: metadata\.name: "\.\.\/x" cannot be the name of an object of kind Pod/,
    ],
    [
      'the data of a Secret',
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { PW: 'hunter2!' } },
      /^secret\/s: data\.PW: expected base64/,
    ],
    [
      'a missing ConfigMap',
      pod({ containers: [container({ envFrom: [{ configMapRef: { name: 'x' } }] })] }),
      /^pod\/web: spec\.containers\[0\]\.envFrom\[0\]\.configMapRef: the manifests have no ConfigMap x in namespace default$/,
    ],
    [
      'a volume type',
      pod({ containers: [container()], volumes: [{ name: 'v', csi: { driver: 'x' } }] }),
      /^pod\/web: spec\.volumes\[0\]\.csi: volumes of this type/,
    ],
    [
      'an undeclared volume',
      pod({ containers: [container({ volumeMounts: [{ name: 'x', mountPath: '/x' }] })] }),
      /volumeMounts\[0\]\.name: the pod has no volume "x"/,
    ],
    [
      'a path out of a volume',
      pod({
        containers: [container()],
        volumes: [{ name: 'v', configMap: { name: 'settings', items: [{ key: 'a', path: '../x' }] } }],
      }),
      /does not lead into the volume/,
    ],
    ['a wrong type', pod({ containers: [container({ command: 'x' })] }), /command: must be a list of texts/],
    [
      'resources as variables',
      pod({ containers: [container({ env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'x' } } }] })] }),
      /resourceFieldRef: is not supported/,
    ],
  ])('is a problem: %s', (_, manifest, expected) => {
    expect(planOf(manifest, settings).problems.join('\n')).toMatch(expected);
  });

  it.each<[string, KubernetesObject, string]>([
    [
      'an unknown field',
      pod({ containers: [container({ frobnicate: 1 })] }),
      'pod/web: spec.containers[0].frobnicate: has no effect on a container engine',
    ],
    [
      'a liveness probe',
      pod({ containers: [container({ livenessProbe: {} })] }),
      'pod/web: spec.containers[0].livenessProbe: is not checked on a container engine: the engine restarts the container only when its process ends',
    ],
    [
      'a custom resource',
      { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } },
      'widget.example.com/w: kind: Widget of example.com does not exist on a container engine: it is left out',
    ],
  ])('is a note: %s', (_, manifest, expected) => {
    const { problems, notes } = planOf(manifest);
    expect(problems).toEqual([]);
    expect(notes).toContain(expected);
  });

  it('is ignored if it only matters on a cluster', () => {
    const spec = {
      affinity: {},
      tolerations: [],
      nodeSelector: {},
      serviceAccountName: 'x',
      priorityClassName: 'y',
      containers: [container()],
    };
    const account: KubernetesObject = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'x' } };
    expect(planOf(pod(spec), account)).toMatchObject({ problems: [], notes: [] });
  });
});

describe('two objects that need one name on an engine', () => {
  const named = (name: string, namespace: string, ...containers: readonly string[]): KubernetesObject => ({
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace } },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: containers.map((each) => container({ name: each })) },
      },
    },
  });

  it.each<[string, readonly KubernetesObject[], readonly string[]]>([
    [
      'a container of one is called as the other',
      [named('tools', 'default', 'web', 'x'), named('web', 'tools', 'web')],
      [
        'deployment.apps/web: metadata.name: on a container engine it needs the name shop-tools.web, which deployment.apps/tools needs, too: rename one of them',
      ],
    ],
    [
      'the same in one namespace',
      [named('web', 'default', 'x', 'y'), named('web.x', 'default', 'web')],
      [
        'deployment.apps/web.x: metadata.name: on a container engine it needs the name shop-web.x, which deployment.apps/web needs, too: rename one of them',
      ],
    ],
    ['one container needs no name of its own', [named('tools', 'default', 'web'), named('web', 'tools', 'web')], []],
  ])('%s', (_, manifests, problems) => {
    expect(planOf(...manifests).problems).toEqual(problems);
  });
});
