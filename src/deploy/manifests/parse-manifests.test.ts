import { describe, expect, it } from 'vitest';
import { parseManifests } from './parse-manifests.ts';

const objects = (text: string) => {
  const { manifests, problems } = parseManifests(text, 'k8s/web.yaml');
  expect(problems).toEqual([]);
  return manifests.map(({ object }) => object);
};
const names = (text: string) => objects(text).map(({ metadata: { name } }) => name);
const problems = (text: string) =>
  parseManifests(text, 'k8s/web.yaml').problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);

const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\n`;
/** The value of a field of an object. */
const value = (yaml: string) => objects(`${pod('a')}value: ${yaml}`)[0]?.['value'];

describe('parseManifests', () => {
  it.each([
    ['one document', pod('a'), ['a']],
    ['several documents', `${pod('a')}---\n${pod('b')}`, ['a', 'b']],
    ['empty documents', `---\n---\n${pod('a')}---\n# nothing\n---\n---\n${pod('b')}---\n`, ['a', 'b']],
    ['nothing', '', []],
    ['only a comment', '# nothing\n', []],
    ['JSON', '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}', ['a']],
    ['Windows line ends', pod('a').replaceAll('\n', '\r\n'), ['a']],
    ['a list', 'kind: List\napiVersion: v1\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n', ['a']],
    ['a list of one kind', 'kind: PodList\nitems: [{apiVersion: v1, kind: Pod, metadata: {name: a}}]', ['a']],
    [
      'lists in lists',
      'kind: List\nitems: [{kind: List, items: [{apiVersion: v1, kind: Pod, metadata: {name: a}}]}]',
      ['a'],
    ],
    ['an empty list', 'kind: List\napiVersion: v1\nitems: []', []],
    ['a list without items', 'kind: List\napiVersion: v1\nitems:', []],
    ['a kind that is named like a list', 'apiVersion: x/v1\nkind: AllowList\nmetadata: {name: a}', ['a']],
    ['anchors and merges', `${pod('a')}x: &x {b: 1}\ny: {<<: *x, c: 2}`, ['a']],
  ])('reads %s', (_, text, expected) => expect(names(text)).toEqual(expected));

  it.each(['', 'null', '""'])('reads the namespace %j as none', (text) =>
    expect(
      objects(`apiVersion: v1\nkind: Pod\nmetadata: {name: a, generateName: ${text}, namespace: ${text}}`),
    ).toEqual([{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }]),
  );

  it('reads an object whose name the cluster makes', () =>
    expect(objects('apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: seed-}')).toHaveLength(1));

  it('says where an object comes from', () =>
    expect(parseManifests(pod('a'), 'k8s/web.yaml').manifests[0]?.source).toBe('k8s/web.yaml'));

  it.each([
    ['a: [', ['1:5: invalid YAML: unclosed `[` before this']],
    ['just text', ['1:1: a Kubernetes object must be a map, but this is a string']],
    [`${pod('a')}---\n- a`, ['5:1: a Kubernetes object must be a map, but this is a list']],
    [
      'a: 1',
      [
        '1:1: a Kubernetes object requires the field `apiVersion`',
        '1:1: a Kubernetes object requires the field `kind`',
        '1:1: a Kubernetes object requires the field `metadata.name`',
      ],
    ],
    [
      'kind: Pod\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Pod\n',
      ['1:1: this Pod requires the field `apiVersion`', '4:1: this Pod requires the field `metadata.name`'],
    ],
    ['apiVersion: v1\nkind: Pod\nmetadata: {}', ['1:1: this Pod requires the field `metadata.name`']],
    ['apiVersion: v1\nkind: Pod\nmetadata: {name: }', ['1:1: this Pod requires the field `metadata.name`']],
    ['apiVersion: v1\nkind: Pod\nmetadata: a', ['3:11: `metadata` must be a map, but is a string']],
    [
      'apiVersion: 1\nkind: Pod\nmetadata: {name: 12, namespace: 013}',
      [
        '1:13: `apiVersion` must be a string, but is an integer: put `1` in quotes',
        '3:18: `metadata.name` must be a string, but is an integer: put `12` in quotes',
        '3:33: `metadata.namespace` must be a string, but is an integer: put `013` in quotes',
      ],
    ],
    [
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: [a], annotations: x}',
      [
        '3:29: `metadata.labels` must be a map, but is a list',
        '3:47: `metadata.annotations` must be a map, but is a string',
      ],
    ],
    [`${pod('a')}spec: 1\nspec: 2`, ['5:1: duplicate key `spec`']],
    [
      'kind: List\nitems:\n- apiVersion: v1\n  metadata: {name: a}',
      ['3:3: a Kubernetes object requires the field `kind`'],
    ],
    [
      `${pod('a')}x: 12345678901234567890`,
      [
        '4:4: the number 12345678901234567890 is too large to be read exactly: put it in quotes, if a string is allowed here',
      ],
    ],
    [`${pod('a')}x: .inf`, ['4:4: .inf is not a number that JSON has']],
  ])('reports every mistake of %j', (text, expected) => expect(problems(text)).toEqual(expected));

  it('returns the valid objects beside mistakes', () =>
    expect(parseManifests(`${pod('a')}---\nkind: Pod\n`, 'x').manifests).toHaveLength(1));
});

describe('values of manifests are read as kubectl does', () => {
  it.each<[string, unknown]>([
    ['0644', 420],
    ['-0644', -420],
    ['0', 0],
    ['080', 80],
    ['0o17', 15],
    ['0x1F', 31],
    ['0b11', 3],
    ['1_000', 1000],
    ['"1_000"', '1_000'],
    ['"0644"', '0644'],
    ['1e3', 1000],
    ['1.10', 1.1],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992],
    ['yes', 'yes'],
    ['1:30', '1:30'],
    ['2001-01-01', '2001-01-01'],
    ['true', true],
    ['~', null],
    ['|\n  a\n  b\n', 'a\nb\n'],
    // A file without a line end.
    ['|\n  a\n  b', 'a\nb'],
    ['>\n  a\n  b', 'a b'],
    ['{__proto__: 1}', JSON.parse('{"__proto__": 1}')],
  ])('%j is %j', (yaml, expected) => expect(value(yaml)).toStrictEqual(expected));
});
