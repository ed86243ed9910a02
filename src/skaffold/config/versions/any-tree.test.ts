import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SourceText } from '../../../diagnostics/source-text.ts';
import { list, scalar } from '../../../diagnostics/yaml/edit.ts';
import type { Located, LocatedMap } from '../../../diagnostics/yaml/located.ts';
import type { Diagnostic } from '../../../model/diagnostic.ts';
import { oldVersions } from './old-versions.ts';

const at = new SourceText('skaffold.yaml', 'x').span(0, 1);

const mapOf = (values: Readonly<Record<string, Located | undefined>>): LocatedMap => ({
  kind: 'map',
  entries: Object.entries(values).flatMap(([key, value]) => (value ? [{ key, keyAt: at, value }] : [])),
  at,
});

/** Any small tree. Its keys are those that upgrades look for below the parts of `section`. */
const { tree: anyTree } = fc.letrec<{ tree: Located }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)).map((value) => scalar(value, at)),
    fc.array(tie('tree'), { maxLength: 3 }).map((items) => list(items, at)),
    fc
      .dictionary(
        fc.constantFrom(
          ...['name', 'properties', 'buildContext', 'gcsBucket', 'localDir', 'initImage', 'cache', 'module'],
          ...['profile', 'args', 'project', 'paths', 'path', 'parameters', 'a/***/b', '**', '*.js', 'dockerfilePath'],
        ),
        tie('tree'),
        { maxKeys: 4 },
      )
      .map(mapOf),
  ),
}));

/** A map of these parts, each optional; or now and then any tree. */
const section = (parts: Record<string, fc.Arbitrary<Located>>): fc.Arbitrary<Located> =>
  fc.oneof(
    { weight: 9, arbitrary: fc.record(parts, { requiredKeys: [] }).map(mapOf) },
    { weight: 1, arbitrary: anyTree },
  );

const listOf = (item: fc.Arbitrary<Located>): fc.Arbitrary<Located> =>
  fc.array(item, { maxLength: 3 }).map((items) => list(items, at));

const anyOf = (...keys: string[]) => Object.fromEntries(keys.map((key) => [key, anyTree]));

const artifact = section({
  ...anyOf('imageName', 'image', 'workspace', 'context', 'dockerfilePath', 'buildArgs', 'docker', 'bazel', 'sync'),
  ...anyOf('jibMaven', 'jibGradle', 'jib', 'kaniko', 'plugin'),
});

const pipeline = {
  build: section({
    ...anyOf('tagPolicy', 'kaniko', 'cluster', 'acr', 'executionEnvironment', 'local'),
    artifacts: listOf(artifact),
  }),
  deploy: section({
    helm: section({ releases: listOf(section(anyOf('valuesFilePath', 'valuesFiles'))) }),
    kubectl: section({ manifests: listOf(section(anyOf('paths', 'parameters'))) }),
    kustomize: section(anyOf('kustomizePath', 'path', 'paths')),
  }),
};

const anyDocument = fc
  .record({ ...pipeline, profiles: listOf(section(pipeline)) }, { requiredKeys: [] })
  .map((parts) => mapOf(parts));

const places = new Set([at]);

/** Reports whether every place of a tree is one of the tree that it was made from. */
const isPlaced = (node: Located): boolean =>
  places.has(node.at) &&
  (node.kind === 'list'
    ? node.items.every(isPlaced)
    : node.kind === 'scalar' || node.entries.every(({ keyAt, value }) => places.has(keyAt) && isPlaced(value)));

const keysAreUnique = (node: Located): boolean =>
  node.kind === 'list'
    ? node.items.every(keysAreUnique)
    : node.kind === 'scalar' ||
      (new Set(node.entries.map(({ key }) => key)).size === node.entries.length &&
        node.entries.every(({ value }) => keysAreUnique(value)));

it.each(oldVersions.flatMap(({ name, upgrade }) => (upgrade ? [{ name, upgrade }] : [])))(
  'the upgrade of $name takes any tree, and leaves unique keys with places',
  ({ upgrade }) => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const problems: Diagnostic[] = [];
        const upgraded = upgrade(document, (diagnostic) => problems.push(diagnostic));
        expect(isPlaced(upgraded)).toBe(true);
        expect(keysAreUnique(upgraded)).toBe(true);
        expect(problems.every(({ place }) => place !== undefined)).toBe(true);
      }),
    );
  },
);

it('versions that only add fields upgrade nothing', () => {
  expect(oldVersions.filter(({ upgrade }) => !upgrade).map(({ name }) => name)).toEqual([
    ...['v1alpha4', 'v1beta1', 'v1beta2', 'v1beta3', 'v1beta5', 'v1beta7', 'v1beta10', 'v1beta11', 'v1beta12'],
    ...['v1beta14', 'v1beta15', 'v1beta16', 'v1beta17', 'v1', 'v2alpha3', 'v2alpha4'],
  ]);
});
