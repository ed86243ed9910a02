import { describe, expect, test } from 'vitest';
import type { DeployRequest } from '../../engine/deploy-request.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { noFieldRules } from '../../deploy/manifests/field-rules.ts';
import type { DeployStepSpec } from './deploy-spec.ts';
import { planCleanup, planDeploy, planFollow, planRender, type DeployPlan } from './plan-deploy.ts';
import type { ConfigurationDeployment } from './read-deployments.ts';

const at = { source: new SourceText('skaffold.yaml', ''), start: 0, end: 0 };
const release = { name: 'db', chart: { path: 'chart' }, valuesFiles: [], values: [], fileValues: [] };

const deployment = (name: string, more: Partial<ConfigurationDeployment> = {}): ConfigurationDeployment => ({
  sources: { name, folder: '/shop', rawYaml: ['/shop/k8s.yaml'] },
  ...{
    at,
    onlyDocker: false,
    linePrefix: 'container',
    lineFields: [],
    statusCheck: { enabled: true, tolerateFailures: false },
  },
  ...more,
});
const plan = (
  deployments: readonly ConfigurationDeployment[],
  more: Partial<DeployRequest> = {},
  docker = false,
): DeployPlan => ({
  name: 'whole',
  deployments,
  request: {
    ...{
      action: 'deploy',
      build: false,
      images: [],
      labels: {},
      iterativeStatusCheck: true,
      force: false,
      allowEmpty: false,
      nodeAffinity: true,
    },
    ...more,
  },
  ...{
    images: [],
    rules: noFieldRules,
    ports: [],
    deployer: docker ? 'docker' : 'kubectl',
    place: { folder: '/shop' },
  },
});
const withHelm = deployment('a', { helm: { releases: [release], flags: {} } });
const shown = (of: DeployPlan) =>
  planDeploy(of, 2).steps.map(
    ({ id, name, needs }) => `${id} ${name}${needs.length > 0 ? ` after ${needs.join(',')}` : ''}`,
  );

describe('planDeploy', () => {
  test.each([
    ['one configuration', plan([deployment('a')]), ['1.2.1 kubectl']],
    [
      'modules follow each other',
      plan([deployment('a'), deployment('b')]),
      ['1.2.1 kubectl/a', '1.2.2 kubectl/b after 1.2.1'],
    ],
    ['helm comes before kubectl', plan([withHelm]), ['1.2.1 helm', '1.2.2 kubectl after 1.2.1']],
    [
      'a removal goes backwards and stops for nothing',
      plan([withHelm, deployment('b')], { action: 'delete' }),
      ['1.2.1 kubectl/b', '1.2.2 kubectl/a', '1.2.3 helm'],
    ],
    [
      'one status check after all',
      plan([deployment('a')], { iterativeStatusCheck: false }),
      ['1.2.1 kubectl', '1.2.2 status after 1.2.1'],
    ],
    [
      'no status check',
      plan([deployment('a')], { iterativeStatusCheck: false, statusCheck: false }),
      ['1.2.1 kubectl'],
    ],
    ['an engine gets everything at once', plan([withHelm, deployment('b')], {}, true), ['1.2.1 docker']],
  ])('%s', (_, of, steps) => {
    expect(shown(of)).toEqual(steps);
  });

  test('a namespace of the command line wins over the configuration, and Helm knows its own', () => {
    const namespaces = (of: DeployPlan) =>
      planDeploy(of, 1).steps.map(({ spec }) => (spec as { readonly namespace?: string }).namespace);
    const configured = { ...withHelm, defaultNamespace: 'file' };
    expect(namespaces(plan([configured]))).toEqual([undefined, 'file']);
    expect(namespaces(plan([configured], { namespace: 'flag' }))).toEqual(['flag', 'flag']);
  });
});

describe('planRender', () => {
  const charts = (of: DeployPlan) => {
    const { sources } = planRender(of, 1).steps[0]?.spec as unknown as {
      readonly sources: readonly { readonly helm?: readonly object[] }[];
    };
    return sources.map(({ helm = [] }) => helm.length);
  };

  test('releases of `deploy.helm` are rendered only if Helm does not install them', () => {
    expect(charts(plan([withHelm]))).toEqual([0]);
    expect(charts(plan([withHelm], { action: 'render' }))).toEqual([1]);
    expect(charts(plan([withHelm], {}, true))).toEqual([1]);
  });

  test('images of `deploy.docker` run on engines only', () => {
    const images = deployment('a', {
      sources: { name: 'a', folder: '/shop', rawYaml: ['/a.yaml'], containers: ['web'] },
    });
    const containers = (of: DeployPlan) =>
      (planRender(of, 1).steps[0]?.spec as unknown as { readonly sources: readonly { readonly containers?: object }[] })
        .sources[0]?.containers;
    expect(containers(plan([images]))).toBeUndefined();
    expect(containers(plan([images], {}, true))).toEqual(['web']);
  });
});

describe('planFollow', () => {
  const port = { resource: { kind: 'service', name: 'web' }, port: 80, address: '127.0.0.1' } as const;
  const image = { name: 'app', reference: 'r/app:v1', from: 'given', insecure: false } as const;

  test.each([
    [{}, undefined],
    [{ portForward: [] }, undefined],
    [{ tail: true }, { kind: 'follow', set: 'whole', logs: {} }],
    [
      { portForward: ['user'] },
      { kind: 'follow', set: 'whole', forwards: { classes: ['user'], ports: [port], images: ['r/app:v1'] } },
    ],
    [{ action: 'delete', tail: true, portForward: ['user'] }, undefined],
  ] as const)('%j', (request, spec) => {
    const whole = { ...plan([deployment('a')], request), ports: [port], images: [image] };
    expect(planFollow(whole, 3)?.steps[0]?.spec).toEqual(spec);
  });
});

test.each([
  [{ portForward: ['user', 'services'] }, true, true],
  [{ portForward: ['user'] }, true, undefined],
  [{}, true, undefined],
  [{ portForward: ['services'] }, false, undefined],
] as const)('a deploy knows whether the run serves its Ingress objects: %j, engine %s', (request, docker, expected) => {
  const [step] = planDeploy(plan([deployment('a')], request, docker), 2).steps;
  expect(step?.spec).toHaveProperty('kind', 'deploy');
  expect((step?.spec as { servesIngress?: true }).servesIngress).toBe(expected);
});

describe('cleanup', () => {
  const cleanupOf = (of: DeployPlan) => planCleanup(of, planDeploy(of, 2), 3);

  test('nothing, unless a deploy asks for it', () => {
    expect(cleanupOf(plan([deployment('a')]))).toBeUndefined();
    expect(cleanupOf(plan([deployment('a')], { cleanup: true, action: 'delete' }))).toBeUndefined();
  });

  test('each removal knows the step that deployed, and all run however the run ends', () => {
    const stage = cleanupOf(plan([withHelm, deployment('b')], { cleanup: true, iterativeStatusCheck: false }));
    expect(stage).toMatchObject({ ordinal: 3, name: 'cleanup', runsIf: 'always', onFailure: 'continue' });
    expect(stage?.steps.map(({ id, name, spec }) => [id, name, spec])).toMatchObject([
      ['1.3.1', 'kubectl/b', { action: 'delete', deployedBy: '1.2.3' }],
      ['1.3.2', 'kubectl/a', { action: 'delete', deployedBy: '1.2.2' }],
      ['1.3.3', 'helm', { action: 'delete', deployedBy: '1.2.1' }],
    ]);
  });
});

describe('what follows a deploy', () => {
  test('nothing, unless it is asked for', () => {
    expect(planFollow(plan([deployment('shop')]), 3)).toBeUndefined();
    expect(planFollow(plan([deployment('shop')], { tail: false }), 3)).toBeUndefined();
    expect(planFollow(plan([deployment('shop')], { tail: true, action: 'delete' }), 3)).toBeUndefined();
  });

  test('one step for all configurations, if everything before it succeeded', () => {
    const stage = planFollow(plan([deployment('db'), deployment('shop')], { tail: true }), 3);
    expect(stage).toMatchObject({ ordinal: 3, name: 'follow', phase: 'follow', runsIf: 'success' });
    expect(stage?.steps).toMatchObject([{ name: 'follow', linePrefix: 'container', spec: { set: 'whole', logs: {} } }]);
  });

  test('the fields of JSON lines of all configurations', () => {
    const deployments = [deployment('db', { lineFields: ['a', 'b'] }), deployment('shop', { lineFields: ['b', 'c'] })];
    expect(planFollow(plan(deployments, { tail: true }), 3)?.steps[0]?.lineFields).toEqual(['a', 'b', 'c']);
    expect(planFollow(plan([deployment('db')], { tail: true }), 3)?.steps[0]).not.toHaveProperty('lineFields');
  });

  test.each<[ConfigurationDeployment['linePrefix'][], string]>([
    [['none'], 'none'],
    [['auto', 'auto'], 'auto'],
    [['container', 'none'], 'podAndContainer'],
  ])('prefixes %j make %s', (prefixes, expected) => {
    const deployments = prefixes.map((linePrefix, n) => deployment(`d${n}`, { linePrefix }));
    expect(planFollow(plan(deployments, { tail: true }), 3)?.steps[0]?.linePrefix).toBe(expected);
  });
});

test('an engine has one deploy with the name of the configuration that was asked for, a cluster one for each', () => {
  const setsOf = (docker: boolean) =>
    planDeploy(plan([deployment('stock'), deployment('web')], {}, docker), 2).steps.map(
      ({ spec }) => (spec as DeployStepSpec).set,
    );
  expect([setsOf(true), setsOf(false)]).toEqual([['whole'], ['stock', 'web']]);
});

test('on an engine the hooks of all deployers run around the one step', () => {
  const hook = (name: string) => ({ before: [{ command: [name] as const, os: [] }], after: [] });
  const parts = [
    deployment('a', { hooks: hook('a'), helmHooks: hook('chart') }),
    deployment('b', { hooks: hook('b') }),
  ];
  const hooksOf = (of: DeployPlan) =>
    planDeploy(of, 2).steps.map(({ spec }) =>
      ((spec as DeployStepSpec).hooks?.before ?? []).flatMap((each) => ('command' in each ? each.command : [])),
    );
  expect(hooksOf(plan(parts, {}, true))).toEqual([['chart', 'a', 'b']]);
  expect(hooksOf(plan(parts))).toEqual([['a'], ['b']]);
});
