/** Workloads of steps that run a tool. Their arguments are tested in `tool-arguments.test.ts`. */
import { describe, expect, test } from 'vitest';
import { describeTar, tarSource } from '../../../test/rigs/tree.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { HelmStepSpec, KubectlStepSpec, NugetPackageStepSpec } from '../specs/specs.ts';
import type { StepSpec } from '../../model/plan.ts';
import type { Observation } from '../../model/work.ts';
import { checkChartPath } from './check-chart-path.ts';
import { helmPackageWorkload } from './helm-package-step.ts';
import { helmWorkload } from './helm-step.ts';
import { kubectlWorkload } from './kubectl-step.ts';
import { nugetPackageWorkload } from './nuget-package-step.ts';
import type { ClusterAccess, Provisions } from '../../model/provisions.ts';
import type { PlannedStepOf, StepWork } from '../../steps/step-runner.ts';
import type { StepWorkload, WorkloadKind, WorkloadKindContext } from '../../steps/workload/step-workload.ts';

const access: ClusterAccess = {
  kubeconfig: 'the kubeconfig',
  described: 'cluster prod',
  server: 'https://prod:6443',
  secrets: [],
};
const tree = tarSource([
  { path: 'a.yaml', content: '${who} ${nobody}' },
  { path: 'values.yaml', content: '${who}' },
  { path: 'out/kubeconfig', link: '/.slipway/kubeconfig' },
]);

interface Given {
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly access?: ClusterAccess | 'none';
  readonly onHost?: boolean;
  readonly inPod?: boolean;
  readonly attempt?: number;
  readonly elsewhere?: PlannedStepOf<StepSpec>['elsewhere'];
}

async function workload<Spec extends StepSpec>(
  kind: WorkloadKind<Spec>,
  spec: Spec,
  { secrets = {}, access: given = access, onHost = false, inPod = false, attempt = 1, elsewhere = [] }: Given = {},
) {
  const observed: Observation[] = [];
  const provisions: Provisions = {
    secret: (name) => (name in secrets ? new Map(Object.entries(secrets[name] ?? {})) : undefined),
    cluster: async (name) =>
      await Promise.resolve(given === 'none' ? undefined : { ...given, described: `cluster ${name ?? 'by default'}` }),
    certificates: tarSource([{ path: 'ca.pem', content: 'ca' }]),
    image: (tool, version) => `${tool}:${version ?? 'default'}`,
  };
  const context: WorkloadKindContext = {
    provisions,
    values: new Map([['who', 'world']]),
    workspace: [tree],
    hides: (text) => text.includes('secret'),
    onHost,
    inPod,
  };
  const work = {
    signal: new AbortController().signal,
    attempt,
    output: { observe: (fact: Observation) => void observed.push(fact) },
  } as unknown as StepWork;
  const outcome: Outcome<StepWorkload> = await kind({ spec, elsewhere } as PlannedStepOf<Spec>, context, work);
  return {
    outcome,
    notes: observed.map((fact) => (fact.type === 'noted' ? fact.message : fact.type)),
    made: outcome.status === 'succeeded' ? outcome.value : undefined,
  };
}

const kubectl: KubectlStepSpec = {
  kind: 'kubectl',
  action: 'apply',
  files: ['a.yaml'],
  force: false,
  env: { TZ: 'UTC' },
};
const helm: HelmStepSpec = {
  kind: 'helm',
  chart: 'web',
  name: 'shop',
  namespace: 'ns',
  repo: '',
  set: {},
  files: ['values.yaml'],
  defaultSecret: '${HELM_REG_SECRET}',
  env: {},
};

describe('a deployment', () => {
  test('gets its kubeconfig as a file beside the workspace, and notes its cluster and undefined names', async () => {
    const { made, notes } = await workload(kubectlWorkload, { ...kubectl, cluster: 'prod', memoryBytes: 5 });
    expect(made).toMatchObject({
      image: 'kubectl:default',
      files: [{ name: 'kubeconfig', text: 'the kubeconfig' }],
      env: { TZ: 'UTC', KUBECONFIG: { volume: 'script', path: 'kubeconfig' } },
      memoryBytes: 5,
    });
    expect(made).not.toHaveProperty('network');
    expect(notes).toEqual(['deploys to cluster prod', 'not defined, so left as written: ${nobody} in a.yaml']);
    expect(await describeTar(made!.overlay![0]!.open(undefined, new AbortController().signal))).toEqual({
      'a.yaml': '644 world ${nobody}',
    });
  });

  test('fails without a variable that another environment defines', async () => {
    const elsewhere = [{ name: 'nobody', environments: ['staging', 'production'] }];
    const failure = {
      code: 'variable-undefined',
      name: 'nobody',
      path: 'a.yaml',
      environments: ['staging', 'production'],
    } as const;
    expect((await workload(kubectlWorkload, kubectl, { elsewhere })).outcome).toEqual(failed(failure));
    expect((await workload(helmWorkload, { ...helm, files: ['a.yaml'] }, { elsewhere })).outcome).toEqual(
      failed(failure),
    );
    expect((await workload(helmWorkload, helm, { elsewhere })).outcome).toMatchObject({ status: 'succeeded' });
  });

  test('notes undefined names only at the first attempt', async () => {
    expect((await workload(kubectlWorkload, kubectl, { attempt: 2 })).notes).toEqual(['deploys to cluster by default']);
  });

  test('uses the network of the engine for a loopback address', async () => {
    expect(
      (await workload(kubectlWorkload, kubectl, { access: { ...access, server: 'https://127.0.0.1:6443' } })).made,
    ).toMatchObject({ network: 'engine' });
    expect((await workload(helmWorkload, { ...helm, repo: 'http://localhost:8080' })).made).toMatchObject({
      network: 'engine',
    });
    expect((await workload(helmWorkload, helm)).made).not.toHaveProperty('network');
  });

  test('in a pod uses the inside address of its own cluster, and refuses loopback addresses', async () => {
    const here: ClusterAccess = { ...access, server: 'https://127.0.0.1:6443', kubeconfigInside: 'as pods need it' };
    const { made } = await workload(kubectlWorkload, kubectl, { access: here, inPod: true });
    expect(made).toMatchObject({ files: [{ text: 'as pods need it' }] });
    expect(made).not.toHaveProperty('network');
    const { kubeconfigInside: _, ...another } = here;
    expect((await workload(kubectlWorkload, kubectl, { access: another, inPod: true })).outcome).toMatchObject({
      status: 'failed',
      failure: { code: 'unsupported', detail: expect.stringContaining('https://127.0.0.1:6443') as string },
    });
    expect((await workload(kubectlWorkload, kubectl, { access: here })).made).toMatchObject({
      files: [{ text: 'the kubeconfig' }],
      network: 'engine',
    });
  });

  test.each([
    ['without a cluster', kubectl, { access: 'none' as const }, '--kube-context'],
    ['with a forbidden variable', { ...kubectl, env: { KUBECONFIG: 'mine' } }, {}, 'KUBECONFIG'],
  ])('%s is refused', async (_, spec, given, message) => {
    expect((await workload(kubectlWorkload, spec, given)).outcome).toEqual(
      failed({ code: 'unsupported', detail: expect.stringContaining(message) as string }),
    );
  });

  test('of missing files fails', async () => {
    expect((await workload(kubectlWorkload, { ...kubectl, files: ['b.yaml'] })).outcome).toEqual(
      failed({ code: 'file-missing', field: 'files', path: 'b.yaml' }),
    );
    expect((await workload(helmWorkload, { ...helm, files: ['b.yaml'] })).outcome).toEqual(
      failed({ code: 'file-missing', field: 'files', path: 'b.yaml' }),
    );
  });
});

describe('helm', () => {
  test('runs in the image of the requested version', async () => {
    expect((await workload(helmWorkload, { ...helm, helmVersion: 'v3.14.0' })).made).toMatchObject({
      image: 'helm:3.14.0',
    });
  });

  test.each([
    ['the secret that the step names', { secret: 'mine' }, true],
    ['the default secret if it is mapped', { defaultSecret: 'mine' }, true],
    ['nothing if the default secret is not mapped', {}, false],
    ['nothing if the step sets an empty secret', { secret: '', defaultSecret: 'mine' }, false],
  ])('logs in to registries with %s', async (_, more, logsIn) => {
    const { made } = await workload(helmWorkload, { ...helm, ...more }, { secrets: { mine: { 'config.json': '{}' } } });
    expect(made!.files.some((file) => file.name === 'registry.json' && file.text === '{}')).toBe(logsIn);
    expect('HELM_REGISTRY_CONFIG' in made!.env).toBe(logsIn);
  });

  test('keeps secrets out of the environment and the arguments', async () => {
    const { made } = await workload(helmWorkload, { ...helm, set: { pw: 'a secret' } });
    expect(JSON.stringify([made!.command, made!.env])).not.toContain('a secret');
    expect(made!.files).toContainEqual({ name: 'set-1', text: 'a secret' });
  });

  test('uses the folders of the user on the host', async () => {
    expect((await workload(helmWorkload, helm, { onHost: true })).made!.env).toEqual({
      KUBECONFIG: { volume: 'script', path: 'kubeconfig' },
    });
    expect((await workload(helmWorkload, helm)).made!.env).toHaveProperty('HELM_CACHE_HOME');
  });
});

describe('a chart in the workspace', () => {
  const charts = tarSource([
    { path: 'good/Chart.yaml', content: '' },
    { path: 'good/values.yaml', link: '../values.yaml' },
    { path: 'values.yaml', content: '' },
    { path: 'bad/templates/stolen', link: '/.slipway/kubeconfig' },
    { path: 'worse/linked', link: '../bad' },
    { path: 'round/round', link: '.' },
    { path: 'gone', link: '../elsewhere' },
  ]);
  const inside = succeeded(undefined);
  const outside = (path: string) =>
    failed({ code: 'file-missing', field: 'chart', path, detail: 'the path leads out of the workspace' });

  test.each([
    ['good', inside],
    ['./round', inside],
    ['not-there', inside],
    ['oci://registry.example.org/bad', inside],
    ['bad', outside('bad/templates/stolen')],
    ['./worse', outside('bad/templates/stolen')],
    ['', outside('gone')],
    ['gone', outside('gone')],
  ])('%j: links must stay in the workspace', async (chart, outcome) => {
    expect(await checkChartPath(chart, 'chart', [charts], new AbortController().signal)).toEqual(outcome);
  });

  test('that leads out of the workspace is neither deployed nor packed', async () => {
    expect((await workload(helmWorkload, { ...helm, chart: './out' })).outcome).toMatchObject({
      status: 'failed',
      failure: { field: 'chart', path: 'out/kubeconfig' },
    });
    const spec = {
      kind: 'helm-package',
      chartPath: 'out',
      destination: 'r.example.org/c',
      defaultSecret: '${HELM_REG_SECRET}',
      env: {},
    } as const;
    expect((await workload(helmPackageWorkload, spec)).outcome).toMatchObject({
      status: 'failed',
      failure: { field: 'chart-path', path: 'out/kubeconfig' },
    });
  });
});

test('helm-package uses the network of the engine for a loopback registry', async () => {
  const spec = {
    kind: 'helm-package',
    chartPath: 'web',
    destination: 'localhost:5000',
    defaultSecret: '${HELM_REG_SECRET}',
    env: {},
  } as const;
  expect((await workload(helmPackageWorkload, spec)).made).toMatchObject({ network: 'engine', image: 'helm:default' });
  expect((await workload(helmPackageWorkload, { ...spec, secret: 'none' })).outcome).toMatchObject({
    failure: { detail: expect.stringContaining('none') as string },
  });
});

test('nuget-package gets the operator’s token in its environment, and the operator’s certificates', async () => {
  const spec: NugetPackageStepSpec = {
    kind: 'nuget-package',
    version: '1',
    projectPath: 'p',
    repo: 'https://r',
    skipDuplicate: false,
    certificatesMountPath: '/certs',
    env: {},
  };
  const { made } = await workload(nugetPackageWorkload, spec, {
    secrets: { 'wharf-nuget-api-token': { token: 'a secret' } },
  });
  expect(made).toMatchObject({ env: { NUGET_API_KEY: 'a secret' }, mounts: [{ path: '/certs' }] });
  expect(JSON.stringify([made!.command, made!.files])).not.toContain('a secret');
  expect((await workload(nugetPackageWorkload, { ...spec, secret: undefined } as never)).made!.env).toEqual({});
});
