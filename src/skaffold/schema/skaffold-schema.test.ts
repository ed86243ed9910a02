import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mutations } from '../../../test/rigs/mutations.ts';
import { marksOf, valuesOf } from '../../../test/rigs/schema-marks.ts';
import { sharedFiles } from '../../../test/rigs/shared-files.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { readYaml } from '../../diagnostics/yaml/read-yaml.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { checkShape } from '../config/shape/check-shape.ts';
import type { Field, Shape } from '../config/shape/shape.ts';
import { newestTypes, newestVersion } from './newest-types.ts';
import { skaffoldConfig } from './skaffold-schema.ts';

const marks = marksOf(skaffoldConfig);
const head = `apiVersion: skaffold/${newestVersion}\nkind: Config\n`;
const propertiesOf = (name: string) => skaffoldConfig.definitions?.[name]?.properties;
const marksOfYaml = (text: string) => valuesOf(`${head}${text}`).flatMap(marks);

describe('the schema of skaffold.yaml', () => {
  it.each([
    ['nothing else', ''],
    ['sections without content', 'build:\ndeploy:\n  kubectl:\nverify:\nmetadata: {name: , labels: }'],
    ['keys for anchors', '.common: &a [1]\nbuild: {platforms: [linux/amd64]}'],
    ['scalars of every kind as texts', 'metadata: {name: 1.20, labels: {a: true, b: 3, c: }}'],
    ['booleans of YAML 1.1', 'build: {local: {push: no, tryImportMissing: on}}'],
    ['ports by number and name', 'portForward: [{port: 80, localPort: 8080}, {port: http}]'],
    ['values of Helm in any depth', 'manifests: {helm: {releases: [{name: a, setValues: {a.b: 1, c: {d: [true]}}}]}}'],
    [
      'one builder',
      'build: {artifacts: [{image: a, docker: {buildArgs: {A: , B: "1"}}}, {image: b, jib: {type: maven}}]}',
    ],
    ['an empty text where values are closed', 'build: {tagPolicy: {gitCommit: {variant: ""}}}'],
    [
      'patches with any value',
      'profiles: [{name: a, patches: [{op: add, path: /build, value: {x: [1]}}, {path: /a, value: false}]}]',
    ],
  ])('allows %s', (_, text) => {
    expect(marksOfYaml(text)).toEqual([]);
  });

  it.each([
    ['an unknown field', 'build: {artefacts: []}', '/build must NOT have additional properties'],
    ['an unknown section', 'biuld: {}', ' must NOT have additional properties'],
    ['a list as text', 'metadata: {name: [a]}', '/metadata/name must be string'],
    ['a text as list', 'build: {platforms: linux/amd64}', '/build/platforms must be array,null'],
    ['a text as boolean', 'build: {local: {push: sometimes}}', '/build/local/push must be boolean,null'],
    ['a text as integer', 'portForward: [{localPort: "80"}]', '/portForward/0/localPort must be number,null'],
    ['a missing field', 'build: {artifacts: [{context: .}]}', "/build/artifacts/0 must have required property 'image'"],
    [
      'two builders',
      'build: {artifacts: [{image: a, docker: {}, jib: {}}]}',
      '/build/artifacts/0/jib boolean schema is false',
    ],
    ['two places of builds', 'build: {local: {}, cluster: {}}', '/build/cluster boolean schema is false'],
    [
      'two tag policies',
      'build: {tagPolicy: {sha256: {}, dateTime: {}}}',
      '/build/tagPolicy/sha256 boolean schema is false',
    ],
    [
      'an unknown operation',
      'profiles: [{name: a, patches: [{op: delete, path: /a}]}]',
      '/profiles/0/patches/0/op must be equal to one of the allowed values',
    ],
    [
      'a field of a policy without fields',
      'build: {tagPolicy: {sha256: {a: 1}}}',
      '/build/tagPolicy/sha256 must NOT have additional properties',
    ],
  ])('marks %s', (_, text, mark) => {
    expect(marksOfYaml(text)).toContain(mark);
  });

  it.each(['v1', 'v1alpha1', 'v2beta29', 'v3', 'v4beta14'])('allows the version %s', (version) => {
    expect(marks({ apiVersion: `skaffold/${version}`, kind: 'Config' })).toEqual([]);
  });

  it.each(['v4beta14', 'skaffold/v5', 'skaffold/v1gamma1', 'skaffold/v1beta0', 'skaffold/v1beta'])(
    'marks the version %s',
    (apiVersion) => {
      expect(marks({ apiVersion, kind: 'Config' })).not.toEqual([]);
    },
  );

  it('shows the default of a field with its type', () => {
    expect(propertiesOf('DockerArtifact')?.['dockerfile']).toMatchObject({
      default: 'Dockerfile',
      description: expect.stringMatching(/ Default: `Dockerfile`\.$/) as string,
    });
    expect(propertiesOf('DockerArtifact')?.['squash']).toMatchObject({ default: false });
    expect(propertiesOf('KanikoArtifact')?.['copyMaxRetries']).toMatchObject({ default: 3 });
    expect(propertiesOf('KoDependencies')?.['paths']).toMatchObject({ default: ['**/*.go'] });
    expect(propertiesOf('LogsConfig')?.['prefix']).toMatchObject({ default: 'container' });
    expect(propertiesOf('LocalBuild')?.['push']).not.toHaveProperty('default');
  });

  it('suggests values where others are allowed', () => {
    expect(propertiesOf('JibArtifact')?.['type']).not.toHaveProperty('examples');
    expect(propertiesOf('BuildpackVolume')?.['options']).toMatchObject({ examples: ['ro', 'rw'] });
    expect(propertiesOf('HostHook')?.['os']).toMatchObject({ items: { examples: ['linux', 'darwin', 'windows'] } });
  });
});

/** Returns a value with every field, of each group one. Inner types have only what is required. */
function sample(type: string, isInner = false): Readonly<Record<string, unknown>> {
  const groups = new Set<string>();
  const fields = Object.entries(newestTypes[type]?.fields ?? {}).filter(([, field]) => {
    if (isInner && !field.required) return false;
    if (field.oneOf === undefined) return true;
    const isFirst = !groups.has(field.oneOf);
    groups.add(field.oneOf);
    return isFirst;
  });
  return Object.fromEntries(fields.map(([name, field]) => [name, sampleOf(field)]));
}

function sampleOf({ shape, values }: Field): unknown {
  if (values) return values[0];
  const of = (inner: Shape): unknown => {
    switch (inner.kind) {
      case 'text':
        return 'text';
      case 'boolean':
        return true;
      case 'integer':
        return 7;
      case 'list':
        return [of(inner.items)];
      case 'map':
        return { a: of(inner.values) };
      case 'flatMap':
        return { a: { b: 1 } };
      case 'type':
        return sample(inner.name, true);
      case 'any':
        return { any: [1] };
    }
  };
  return of(shape);
}

describe.each(Object.keys(newestTypes).filter((name) => name !== 'SkaffoldConfig'))(
  '%s, mutated in every place',
  (name) => {
    const marksHere = marksOf({ $ref: `#/definitions/${name}`, definitions: skaffoldConfig.definitions ?? {} });
    const mistakesIn = (value: unknown): readonly string[] => {
      const found: Diagnostic[] = [];
      const node = readYaml(new SourceText('skaffold.yaml', JSON.stringify(value)), (one) => found.push(one));
      if (node) checkShape(node, name, newestTypes, (one) => found.push(one));
      return found.map(({ message }) => message);
    };
    const judged = [...mutations(sample(name))]
      // The word `null` alone is an empty file.
      .filter(({ value }) => value !== null)
      .map(({ what, value }) => ({ what, marks: marksHere(value), mistakes: mistakesIn(value) }));

    it('starts from a valid value', () => {
      expect([marksHere(sample(name)), mistakesIn(sample(name))]).toEqual([[], []]);
    });

    it('marks every mistake in the shape', () => {
      expect(judged.filter((one) => one.marks.length === 0 && one.mistakes.length > 0)).toEqual([]);
    });

    it('marks nothing else but missing fields and closed values', () => {
      const fields = newestTypes[name]?.fields ?? {};
      const closed = Object.keys(fields).filter((field) => fields[field]?.values);
      const isExpected = (mark: string) =>
        mark.includes('must have required property') || closed.some((field) => mark.startsWith(`/${field} `));
      expect(judged.filter((one) => one.mistakes.length === 0 && !one.marks.every(isExpected))).toEqual([]);
    });
  },
);

const corpora = ['corpus/skaffold', 'corpus/real'].map((name) => ({ name, ...sharedFiles(`${name}/index.json`) }));

describe.each(corpora)('files of $name', ({ path, missing }) => {
  const cases = missing === undefined ? (JSON.parse(readFileSync(path, 'utf8')) as readonly Case[]) : [];

  it.skipIf(missing)(`have no mark as Skaffold prints them (${missing ?? 'found'})`, () => {
    const printed = [...new Set(cases.flatMap(({ merged }) => merged ?? []))];
    // Skaffold prints a configuration before it checks which fields exclude each other.
    const isExclusion = (mark: string) => mark.endsWith(' boolean schema is false');
    const marked = printed.flatMap((file) =>
      valuesOf(readFileSync(join(path, '../merged', file), 'utf8'))
        .flatMap(marks)
        .filter((mark) => !isExclusion(mark))
        .map((mark) => `${file} ${mark}`),
    );
    expect(marked).toEqual([]);
  });

  it.skipIf(missing)(`have no mark if Skaffold accepts them (${missing ?? 'found'})`, () => {
    const accepted = cases.filter(({ profile, error }) => profile === null && error === undefined);
    const documents = accepted.flatMap(({ file }) => {
      const text = readFileSync(join(path, '../input', file), 'utf8');
      if (!text.includes(`skaffold/${newestVersion}`)) return [];
      return valuesOf(text)
        .filter(isNewest)
        .map((document) => ({ file, marks: marks(document) }));
    });
    expect(documents).not.toEqual([]);
    expect(documents.filter((document) => document.marks.length > 0)).toEqual([]);
  });
});

interface Case {
  readonly file: string;
  readonly profile: string | null;
  readonly merged?: string;
  readonly error?: string;
}

function isNewest(document: unknown): boolean {
  return (document as { readonly apiVersion?: unknown }).apiVersion === `skaffold/${newestVersion}`;
}
