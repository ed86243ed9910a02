import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { plainValue } from './located.ts';
import { placeOf, SourceText } from '../source-text.ts';
import { readYaml, readYamlDocuments } from './read-yaml.ts';

function read(text: string) {
  const diagnostics: Diagnostic[] = [];
  const node = readYaml(new SourceText('f.yml', text), (diagnostic) => diagnostics.push(diagnostic));
  const found = diagnostics.map(({ code, place }) => `${code} ${place?.line ?? 0}:${place?.column ?? 0}`);
  return { node, value: node && (JSON.parse(JSON.stringify(plainValue(node))) as unknown), found, diagnostics };
}

describe('scalars', () => {
  it('are those of YAML 1.2, with the text they were written as', () => {
    const { value, node } = read('a: yes\nb: 1.50\nc: 0x10\nd: ~\ne: true\nf: "1"\ng: 1_000\nh: 2001-01-01\ni:\n');
    expect(value).toEqual({ a: 'yes', b: 1.5, c: 16, d: null, e: true, f: '1', g: '1_000', h: '2001-01-01', i: null });
    expect(
      node?.kind === 'map' && node.entries.map(({ value: one }) => (one.kind === 'scalar' ? one.text : '')),
    ).toEqual(['yes', '1.50', '0x10', '~', 'true', '1', '1_000', '2001-01-01', '']);
  });

  it('are not those of YAML 1.1, whatever the file says', () => {
    expect(read('%YAML 1.1\n---\na: yes\nb: 2001-01-01').value).toEqual({ a: 'yes', b: '2001-01-01' });
  });

  it('know where they are', () => {
    const { node } = read('a:\n  - x\n  - "y z"\n');
    const list = node?.kind === 'map' ? node.entries[0]?.value : undefined;
    expect(
      list?.kind === 'list' &&
        list.items.map((item) => placeOf(item.at)).map(({ line, column, length }) => [line, column, length]),
    ).toEqual([
      [2, 5, 1],
      [3, 5, 5],
    ]);
  });
});

describe('keys', () => {
  it('are texts, as they are written', () => {
    expect(read('1.50: a\ntrue: b\n"q": c\n__proto__: d').value).toEqual(
      JSON.parse('{"1.50":"a","true":"b","q":"c","__proto__":"d"}'),
    );
  });

  it('cannot be lists or maps', () => {
    expect(read('? [a]\n: b\n').found).toEqual(['W018 1:3']);
  });

  it('given twice: the first one counts, and both places are reported', () => {
    const { value, found, diagnostics } = read('a: 1\nb: 2\na: 3');
    expect(value).toEqual({ a: 1, b: 2 });
    expect(found).toEqual(['W010 3:1']);
    expect(diagnostics[0]?.related?.[0]?.place.line).toBe(1);
  });
});

describe('aliases', () => {
  it('stand for the anchor last set before them', () => {
    expect(read('a: &x 1\nb: *x\nc: &x 2\nd: *x').value).toEqual({ a: 1, b: 1, c: 2, d: 2 });
  });

  it('as keys', () => {
    expect(read('&a x: 1\nb: {*a : 2}').value).toEqual({ x: 1, b: { x: 2 } });
  });

  it('without an anchor are reported, with a suggestion', () => {
    const { found, diagnostics } = read('a: &defaults 1\nb: *default');
    expect(found).toEqual(['W006 2:4']);
    expect(diagnostics[0]?.message).toContain('did you mean `defaults`?');
  });

  it('inside their own anchor are reported', () => {
    expect(read('a: &a [*a]').found).toEqual(['W007 1:8']);
    expect(read('a: &a {<<: *a, b: 1}').found).toContain('W007 1:12');
  });
});

describe('merges', () => {
  it.each([
    [
      'own keys win, wherever they stand',
      'a: &a {x: 1, y: 2}\nb: {y: 3, <<: *a}\nc: {<<: *a, y: 3}',
      { b: { y: 3, x: 1 }, c: { x: 1, y: 3 } },
    ],
    ['of a list the earlier maps win', 'a: &a {x: 1}\nz: &z {x: 2, y: 2}\nb: {<<: [*a, *z]}', { b: { x: 1, y: 2 } }],
    [
      'values are replaced whole, lists too',
      'a: &a {l: [1, 2], m: {p: 1}}\nb: {<<: *a, l: [3], m: {q: 1}}',
      { b: { l: [3], m: { q: 1 } } },
    ],
    [
      'what was merged can be merged on',
      'a: &a {x: 1}\nc: &c {<<: *a, y: 2}\nb: {<<: *c, x: 3}',
      { b: { y: 2, x: 3 } },
    ],
    ['written out in place', 'b: {<<: {x: 1}, y: 2}', { b: { x: 1, y: 2 } }],
    ['a quoted key is a key', 'b: {"<<": {x: 1}}', { b: { '<<': { x: 1 } } }],
  ])('%s', (_, text, expected) => {
    const { value, found } = read(text);
    expect(found).toEqual([]);
    expect(value).toMatchObject(expected);
    expect(JSON.stringify((value as { b: unknown }).b)).toBe(JSON.stringify(expected.b));
  });

  it.each([
    ['a: {<<: 1}', ['W019 1:9']],
    ['a: {<<: [{b: 1}, x]}', ['W019 1:18']],
    ['a: &a {b: 1}\nc:\n  <<: *a\n  <<: *a', ['W010 4:3']],
  ])('%s is a mistake', (text, found) => {
    expect(read(text).found).toEqual(found);
  });
});

describe('a file that is not one document', () => {
  it.each([
    ['', ['W005 1:1']],
    ['# only a comment\n', ['W005 1:1']],
    ['---\n', ['W005 1:1']],
    ['a: 1\n---\nb: 2', ['W005 2:1']],
    ['---\na: 1\n', []],
    ['\ufeffa: 1', []],
    ['a: 1\n...\n', []],
  ])('%j', (text, found) => {
    expect(read(text).found).toEqual(found);
  });
});

describe('what YAML does not allow', () => {
  it.each([
    ['a: [', 'W004 1:5'],
    ['a:\n\t- b', 'W004 2:1'],
    ['a: b: c', 'W004 1:4'],
    ['a: "x', 'W004 1:6'],
    ['a: !thing x', 'W009 1:4'],
  ])('%j', (text, found) => {
    expect(read(text).found).toContain(found);
  });

  it.each(['a: [echo ${b}]', 'a: [b${c}]', 'a: {b: ${c}}', 'a: {b: c${d}, e: f}'])(
    '%j is told with what to do about it',
    (text) => {
      expect(read(text).diagnostics[0]?.help).toContain('in quotes');
    },
  );

  it('is said once a line, and of each line', () => {
    expect(read('a: "\\x \\y"\nb: "\\z"').found).toEqual(['W004 1:5', 'W004 2:5']);
  });

  it('names one mistake, not every line behind it', () => {
    expect(read('a: [echo ${b}]\nc:\n  d: e\nf: g\n').found).toEqual(['W004 1:11']);
  });
});

describe('several documents', () => {
  function readAll(text: string) {
    const found: string[] = [];
    const documents = readYamlDocuments(new SourceText('f.yml', text), ({ code, place }) =>
      found.push(`${code} ${place?.line ?? 0}:${place?.column ?? 0}`),
    );
    return { values: documents.map((document) => JSON.parse(JSON.stringify(plainValue(document))) as unknown), found };
  }

  it.each([
    ['', []],
    ['# nothing\n', []],
    ['---\n---\n', []],
    ['a: 1', [{ a: 1 }]],
    ['---\na: 1\n---\n# none\n---\nb: 2\n...\n', [{ a: 1 }, { b: 2 }]],
  ])('%j', (text, values) => {
    expect(readAll(text)).toEqual({ values, found: [] });
  });

  it('do not know the anchors of each other, and one that is wrong does not cost the others', () => {
    expect(readAll('a: &x 1\n---\nb: *x\n---\nc: &x 2\nd: *x')).toEqual({
      values: [{ a: 1 }, { c: 2, d: 2 }],
      found: ['W006 3:4'],
    });
  });

  it('are counted together where they are made to break programs', () => {
    const one = `a: &a [${'x,'.repeat(500)}]\nb: [${'*a,'.repeat(300)}]\n`;
    expect(readAll(Array(5).fill(one).join('---\n')).found).toEqual([expect.stringMatching(/^W008 5:/)]);
  });
});

describe('files made to break programs', () => {
  const laughs = [
    'a: &a [x, x, x, x, x, x, x, x, x, x]',
    ...[...'bcdefghijklm'].map(
      (name, i) =>
        `${name}: &${name} [${Array(10)
          .fill(`*${'abcdefghijklm'[i] ?? ''}`)
          .join(', ')}]`,
    ),
  ].join('\n');
  const merges = [
    'a: &a {x: 1}',
    ...[...'bcdefghijklm'].map(
      (name, i) =>
        `${name}: &${name} {<<: [${Array(10)
          .fill(`*${'abcdefghijklm'[i] ?? ''}`)
          .join(', ')}], ${name}: 1}`,
    ),
  ].join('\n');
  it.each([
    ['a billion laughs', laughs, 'aliases'],
    ['the same by merges', merges, 'aliases'],
    ['one long text a million times', `a: &a "${'x'.repeat(100_000)}"\nb: [${'*a,'.repeat(1000)}]`, 'aliases'],
    ['nested lists', '['.repeat(20_000), 'nested'],
    ['nested block lists', `${'- '.repeat(20_000)}a`, 'nested'],
    ['nested keys', '? '.repeat(20_000), 'nested'],
    ['nested, but readable', `${'['.repeat(200)}${']'.repeat(200)}`, 'nested'],
  ])('%s', (_, text, what) => {
    const { diagnostics, node } = read(text);
    expect(node).toBeUndefined();
    expect(diagnostics.map(({ code }) => code)).toEqual(['W008']);
    expect(diagnostics[0]?.message).toContain(what);
  });
});
