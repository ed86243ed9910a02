import { describe, expect, test } from 'vitest';
import { deployName, readDeployments, selectorRules } from './read-deployments.ts';
import { flatValues } from './read-helm.ts';
import { plainValue, type Located } from '../../diagnostics/yaml/located.ts';
import { statusCheckOf } from './plan-deploy.ts';
import { named, readFiles } from '../../../test/rigs/read-configurations.ts';
import { locatedYaml } from '../../../test/rigs/located-yaml.ts';

describe('deployName', () => {
  test('is the name of a configuration', () => {
    expect(deployName({ name: 'shop', file: '/a/skaffold.yaml', index: 0 })).toBe('shop');
  });

  test('is bound to the file and the document without a name', () => {
    const names = [
      { file: '/a/shop/skaffold.yaml', index: 0 },
      { file: '/a/shop/skaffold.yaml', index: 1 },
      { file: '/b/shop/skaffold.yaml', index: 0 },
    ].map(deployName);
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^shop-[\da-f]{8}$/);
  });
});

test.each([
  ['{a: 1, b: {c: x, d: [1, {e: 2}]}}', ['a=1', 'b.c=x', 'b.d[0]=1', 'b.d[1].e=2']],
  ['{a.b: true, c: null}', ['a.b=true', 'c=null']],
])('flat values of %s', (text, flat) => {
  expect(flatValues(locatedYaml(text)).map(({ key, value }) => `${key}=${value}`)).toEqual(flat);
});

test.each([
  [{ enabled: true, tolerateFailures: false }, {}, { deadlineMs: 600_000, tolerateFailures: false }],
  [{ enabled: true, deadlineMs: 5_000, tolerateFailures: true }, {}, { deadlineMs: 5_000, tolerateFailures: true }],
  [
    { enabled: true, tolerateFailures: true },
    { tolerateFailures: false },
    { deadlineMs: 600_000, tolerateFailures: false },
  ],
  [{ enabled: false, tolerateFailures: false }, {}, undefined],
  [
    { enabled: false, tolerateFailures: false },
    { statusCheck: true },
    { deadlineMs: 600_000, tolerateFailures: false },
  ],
  [{ enabled: true, tolerateFailures: false }, { statusCheck: false }, undefined],
])('the status check of %j with %j', (configured, request, check) => {
  expect(statusCheckOf(configured, request)).toEqual(check);
});

test('releases get the values of --set last', async () => {
  const release = '{releases: [{name: r, chartPath: c, setValues: {a: "1"}}]}';
  const { configurations } = await readFiles(named('a', `manifests: {helm: ${release}}\ndeploy: {helm: ${release}}\n`));
  const expand = (node: Located) => String(plainValue(node));
  const [deployment] = readDeployments(configurations, { expand, parameters: { a: '2' } }, () => undefined);
  const expected = [
    { key: 'a', value: '1' },
    { key: 'a', value: '2' },
  ];
  expect(deployment?.sources.helm?.[0]?.releases[0]?.values).toEqual(expected);
  expect(deployment?.helm?.releases[0]?.values).toEqual(expected);
});

test('rules of the command line replace those of the configurations for their kinds', async () => {
  const { configurations } = await readFiles(
    named(
      'a',
      'resourceSelector: {allow: [{groupKind: A.x, image: [.a]}, {groupKind: B.x, image: [.b]}], deny: [{groupKind: C.x}]}\n',
    ),
  );
  const rule = (groupKind: string, ...image: readonly string[]) => ({ groupKind, image, labels: [], podSpec: [] });
  const given = { allow: [rule('C.x', '.c')], deny: [rule('A.x', '.a')] };
  expect(selectorRules(configurations, given)).toEqual({
    allow: [rule('B.x', '.b'), rule('C.x', '.c')],
    deny: [rule('A.x', '.a')],
  });
});
