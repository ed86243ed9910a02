/**
 * Names for the operator's file are resolved before the first stage starts, or reported (docs/design/product.md, "Who
 * decides what").
 */
import { describe, expect, it } from 'vitest';
import { loadText, placesOf, type LoadOptions } from '../../../test/rigs/memory-pipeline.ts';

const container = (fields: string) => `s: {st: {container: {image: a, cmds: [b], ${fields}}}}`;
const docker = (fields: string) => `s: {st: {docker: {file: F, tag: t, ${fields}}}}`;
const kubectl = (fields = '') => `s: {st: {kubectl: {file: f${fields}}}}`;
const login = '{username: {environment: U}, password: {environment: P}}';

async function messages(text: string, options: LoadOptions): Promise<readonly string[]> {
  return (await loadText(text, options)).diagnostics.map(({ code, message }) => `${code} ${message}`);
}

describe('names that a file writes', () => {
  it.each([
    [
      container('secretName: depoly'),
      'secrets: {deploy: {K: {file: k}}}',
      ["W061 `secretName`: the operator's file maps no secret `depoly`, did you mean `deploy`?"],
    ],
    [container('secretName: deploy'), 'secrets: {deploy: {K: {file: k}}}', []],
    [
      container('certificatesMountPath: /certs'),
      '',
      ["W061 `certificatesMountPath`: the operator's file names no certificates"],
    ],
    [container('certificatesMountPath: /certs'), 'certificates: /etc/certs', []],
    [
      container('serviceAccount: bulider'),
      'serviceAccounts: [builder, deployer]',
      ["W061 `serviceAccount`: the operator's file allows no service account `bulider`, did you mean `builder`?"],
    ],
    [
      container('serviceAccount: builder'),
      '',
      ["W061 `serviceAccount`: the operator's file allows no service account `builder`"],
    ],
    [container('serviceAccount: builder'), 'serviceAccounts: [builder]', []],
    [kubectl(', cluster: prod'), '', ["W061 `cluster`: the operator's file maps no cluster `prod`"]],
    [kubectl(', cluster: prod'), 'clusters: {prod: }', []],
    [docker('destination: d, secret: reg'), '', ["W061 `secret`: the operator's file maps no secret `reg`"]],
    [docker('destination: d, secret: reg'), `secrets: {reg: ${login}}`, []],
    [docker('destination: d, secret: reg'), 'secrets: {reg: {.dockerconfigjson: {file: c}}}', []],
    [docker('destination: d, secret: reg'), 'secrets: {reg: {kubernetes: x}}', []],
    [
      docker('destination: d, secret: reg'),
      'secrets: {reg: {username: {file: u}}}',
      ['W062 `secret`: secret `reg` has no key `.dockerconfigjson`, nor `username` and `password`'],
    ],
    [docker('destination: d, secret: ""'), '', []],
    [docker('destination: d, secret: reg, push: false'), '', []],
    [
      docker('destination: d, secretName: n, secretArgs: [A=token, B=tokne]'),
      'secrets: {n: {token: {file: t}}}',
      ['W062 `secretName`: secret `n` has no key `tokne`, did you mean `token`?'],
    ],
    [
      docker('destination: d, append-cert: true'),
      '',
      ["W061 `append-cert`: the operator's file names no certificates"],
    ],
    [docker('destination: d, append-cert: false'), '', []],
    [
      's: {st: {helm: {chart: ./c, name: n, namespace: n, cluster: c, secret: s}}}',
      'clusters: {c: }\nsecrets: {s: {config: {file: x}}}',
      ['W062 `secret`: secret `s` has no key `config.json`'],
    ],
  ])('%s with %j', async (text, operator, expected) => {
    expect(await messages(text, { operator })).toEqual(expected);
  });

  it('may come out of variables', async () => {
    const text = `environments: {dev: {c: develop}, prod: {c: production}}\n${kubectl(', cluster: "${c}"')}`;
    const operator = 'clusters: {develop: }';
    expect((await loadText(text, { operator, selection: { environment: 'dev' } })).value?.names.clusters).toEqual([
      'develop',
    ]);
    expect(placesOf(await loadText(text, { operator, selection: { environment: 'prod' } }))).toEqual(['W061 2:38']);
  });

  it('of steps that are not selected are not asked for', async () => {
    expect(
      await messages(`${kubectl(', cluster: prod')}\nt: {st: {container: {image: a, cmds: [b]}}}`, {
        operator: '',
        selection: { stages: ['t'] },
      }),
    ).toEqual([]);
  });

  it('are not needed to check the file alone', async () => {
    expect(await messages(kubectl(', cluster: prod'), { operator: '', purpose: 'validate' })).toEqual([]);
  });
});

describe('defaults that no file writes', () => {
  const outer = { REG_URL: 'r.example.org', REPO_GROUP: 'team', REPO_NAME: 'app' };

  it.each<[string, string, Readonly<Record<string, string>>, readonly string[]]>([
    ['the login of the registry, by its usual name', `secrets: {gitlab-registry: ${login}}`, {}, ['gitlab-registry']],
    ['by the variable', `secrets: {gitlab-registry: ${login}, mine: ${login}}`, { REG_SECRET: 'mine' }, ['mine']],
    ['by a variable that is mapped to nothing', `secrets: {gitlab-registry: ${login}}`, { REG_SECRET: 'other' }, []],
    ['turned off by the variable', `secrets: {gitlab-registry: ${login}}`, { REG_SECRET: '' }, []],
    ['none at all', '', {}, []],
  ])('%s', async (_, operator, more, expected) => {
    const { value, diagnostics } = await loadText(docker('args: []'), { operator, outer: { ...outer, ...more } });
    expect(diagnostics).toEqual([]);
    expect(value?.names.secrets).toEqual(expected);
  });

  it.each([
    ['default', true],
    ['Default-team', true],
    ['team', false],
  ])('certificates for images of the group %s: %s', async (REPO_GROUP, expected) => {
    expect(
      (await loadText(docker('args: []'), { operator: 'certificates: /c', outer: { ...outer, REPO_GROUP } })).value
        ?.names.certificates,
    ).toBe(expected);
  });

  it('a cluster: `kubectl-config`, else that of the command line, else unknown', async () => {
    expect((await loadText(kubectl(), { operator: 'clusters: {kubectl-config: }' })).value?.names).toMatchObject({
      clusters: ['kubectl-config'],
      commandLineCluster: false,
    });
    expect((await loadText(kubectl(), { operator: '', kubeContext: 'kind' })).value?.names).toMatchObject({
      clusters: [],
      commandLineCluster: true,
    });
    expect((await loadText(kubectl(), { operator: '', onCluster: true })).value?.names).toMatchObject({
      clusters: [],
      commandLineCluster: true,
    });
    expect(
      (await loadText(kubectl(), { operator: 'clusters: {kubectl-config: }', onCluster: true })).value?.names,
    ).toMatchObject({ clusters: ['kubectl-config'], commandLineCluster: false });
    expect(await messages(kubectl(), { operator: '' })).toEqual(['W064 the default `cluster`: no cluster is set']);
  });
});

it('hands on the keys that are asked of a Secret of Kubernetes, which only the cluster knows', async () => {
  const { value } = await loadText(docker('destination: d, secret: reg'), {
    operator: 'secrets: {reg: {kubernetes: x}}',
  });
  expect(value?.names.keys).toMatchObject([
    { name: 'reg', field: '`secret`', keys: [['.dockerconfigjson'], ['username', 'password']] },
  ]);
});

it('tells mistakes of the operator beside those of the pipeline, and reads that file only where a name is written', async () => {
  expect(
    placesOf(
      await loadText(docker('registry: "${nope}", group: g, secret: s'), {
        operator: 'secrts: {}',
        outer: { REPO_NAME: 'n' },
      }),
    ),
  ).toEqual(['W031 1:47', 'W012 1:1']);
  expect(placesOf(await loadText('s: {st: {container: {image: a, cmds: [b]}}}', { operator: 'secrts: {}' }))).toEqual(
    [],
  );
});
