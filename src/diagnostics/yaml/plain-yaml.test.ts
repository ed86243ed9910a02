import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Located } from './located.ts';
import { readPlainYaml } from './plain-yaml.ts';
import { readAnyYaml } from './read-yaml.ts';
import { placeOf, SourceText, type Span } from '../source-text.ts';

/**
 * Returns what a reader of the tree can observe: of collections the place that messages show, of scalars and keys every
 * offset.
 */
function seen(node: Located): unknown {
  if (node.kind === 'scalar') return [node.value, node.text, offsets(node.at)];
  const { line, column, length } = placeOf(node.at);
  if (node.kind === 'list') return ['list', line, column, length, node.items.map(seen)];
  return [
    'map',
    line,
    column,
    length,
    node.entries.map((entry) => [entry.key, offsets(entry.keyAt), seen(entry.value)]),
  ];
}

const offsets = ({ start, end }: Span) => [start, end];

/** Reports whether both parsers give the same tree, without a diagnostic. */
function agrees(text: string): boolean {
  const source = new SourceText('f', text);
  const plain = readPlainYaml(source);
  if (plain === undefined) return false;
  const complaints: unknown[] = [];
  const whole = readAnyYaml(source, (diagnostic) => complaints.push(diagnostic));
  expect(complaints).toEqual([]);
  expect(seen(plain)).toEqual(whole && seen(whole));
  return true;
}

const scalar = fc.constantFrom(
  'make',
  'a b  c',
  '${x}',
  '"${x}: #"',
  "'it is'",
  '""',
  "''",
  '1',
  '0',
  '01',
  '1.50',
  '-1',
  '1e3',
  '0x1F',
  '.5',
  '1.2.3',
  '10m',
  'true',
  'False',
  'null',
  '~',
  'yes',
  'a:b',
  'a: b',
  'x:',
  'a #b',
  'a#b',
  'http://h/p',
  '- x',
  '[a]',
  '{a: b}',
  '*x',
  '&x y',
  '!t x',
  '|',
  '>',
  '"a\\n"',
  "'it''s'",
  '[]',
  '[a, b]',
  '[a, "b]"]',
  '{a: [b]}',
  '[a',
  '[a]]',
  '[a,]',
  '[a b: c]',
  '[a#b]',
  '|-',
  '|+',
  '|2',
  '<<',
  '=',
  '?',
  '@x',
  '%x',
  ',x',
  'a, b',
  'ß😀',
  'x ',
  '2026-01-02',
  '.',
  '...',
  '---',
  '"a" b',
  "'a'b",
);
const name = fc.constantFrom('a', 'b', 'c', 'image', 'runs-if', 'a b', 'true', '1', '"q"', '<<', 'x.y/z', '? a', '- a');
const line = fc.oneof(
  fc.tuple(name, scalar).map(([one, two]) => `${one}: ${two}`),
  name.map((one) => `${one}:`),
  scalar.map((one) => `- ${one}`),
  fc.tuple(name, scalar).map(([one, two]) => `- ${one}: ${two}`),
  name.map((one) => `-   ${one}:`),
  scalar,
  fc.constantFrom('', '# comment', '---', '...', '-', '- - a', '%YAML 1.2'),
);
const indented = fc.tuple(fc.nat({ max: 4 }), line, fc.constantFrom('', '', '', ' ', ' # comment', '  #', '#x'));
const document = fc.tuple(fc.array(indented, { maxLength: 9 }), fc.constantFrom('', '\n', '\n\n  \n', '\n# end'));
const written = document.map(
  ([lines, end]) => lines.map(([indent, text, after]) => `${'  '.repeat(indent)}${text}${after}`).join('\n') + end,
);

/** A tree of maps, lists and scalars, with its formatting. */
type Tree =
  | string
  | { readonly header: string; readonly text: readonly string[] }
  | { readonly map: readonly Tree[] }
  | { readonly list: readonly Tree[]; readonly flush: boolean };
const leaf = fc.constantFrom(
  'make',
  '"x: # y"',
  "'it is'",
  '1.50',
  '07m',
  'true',
  '~',
  '${x} a:b',
  'ß😀 -x',
  '[]',
  '{}',
  '[a, "b, c", [1.5, \'x\'] ]',
  '{a: make it, b-c: {x.y: [true]}, d: "}"}',
);
const lines = fc.constantFrom('|', '|-', '|  # note').chain((header) =>
  fc
    .array(fc.constantFrom('make', 'a: b # c', '  deeper', '', '- [x', '# no comment'), {
      minLength: 1,
      maxLength: 5,
    })
    .map((text) => ({ header, text: ['first', ...text] })),
);
const { tree } = fc.letrec<{ tree: Tree; map: Tree; list: Tree }>((tie) => ({
  tree: fc.oneof({ maxDepth: 4 }, leaf, lines, tie('map'), tie('list')),
  map: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }).map((map) => ({ map })),
  list: fc.record({ list: fc.array(fc.oneof(leaf, tie('map')), { minLength: 1, maxLength: 4 }), flush: fc.boolean() }),
}));
const noise = fc.infiniteStream(fc.constantFrom('', '', '', '', ' # note', '  ', '\n', '\n   # note\n'));
const keys = ['image', 'runs-if', 'build and test', 'x.y/z'];

function set(node: Tree, indent: number, more: () => string): string {
  if (typeof node === 'string') return ` ${node}${more()}\n`;
  if ('text' in node)
    return ` ${node.header}\n${node.text.map((line) => `${line === '' ? '' : ' '.repeat(indent)}${line}\n`).join('')}`;
  if ('map' in node)
    return `${more()}\n${node.map.map((value, i) => `${' '.repeat(indent)}${keys[i] ?? ''}:${set(value, indent + 2, more)}`).join('')}`;
  const column = ' '.repeat(node.flush ? Math.max(0, indent - 2) : indent);
  return `${more()}\n${node.list.map((item) => `${column}- ${set(item, column.length + 2, () => '').trimStart()}`).join('')}`;
}

const pipeline = fc.tuple(fc.array(tree, { minLength: 1, maxLength: 4 }), noise).map(([map, stream]) => {
  const more = () => stream.next().value as string;
  return set({ map }, 0, more).replace(/^[^\n]*\n/, '');
});
const slip = fc.tuple(
  fc.nat(),
  fc.nat({ max: 1 }),
  fc.constantFrom('', ' ', '  ', '\n', ':', '-', '#', '"', "'", '{', '&', 'a', '\n  ', ': ', ' #', '- '),
);

describe('the plain part of YAML', () => {
  it('is read as the real parser reads it, whatever is written', () => {
    fc.assert(
      fc.property(written, (text) => void agrees(text)),
      { numRuns: 3000 },
    );
  });

  it('is all that a tree of maps, lists and scalars needs', () => {
    fc.assert(
      fc.property(pipeline, (text) => agrees(text)),
      { numRuns: 500 },
    );
  });

  it('is left, or read rightly, where a slip has changed it', () => {
    fc.assert(
      fc.property(pipeline, fc.array(slip, { minLength: 1, maxLength: 3 }), (text, slips) => {
        const slipped = slips.reduce(
          (before, [at, removed, put]) =>
            `${before.slice(0, at % (before.length + 1))}${put}${before.slice((at % (before.length + 1)) + removed)}`,
          text,
        );
        agrees(slipped);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    'a: b\n',
    'a:\n  b: c\n  d:\n    - e\n    - f: g\n      h: i\nj: 1\n',
    'a:\n- b\n- c\nd: e',
    'a: [b, "c"]\nd: {e: f, g: []} # note\nh: [ 1 , { i: j } ]\n',
    'a: |\n  b\n    c # d\n\n  e\n\n\nf:\n  - |- # note\n    g\n  - h',
    'a: |\n  b',
    '# first\n\na: b # note\n  # within\n\nc:   "d"   # note\n\n',
    "a: ''\nb: 1.50\nc: ~\nd: 10m\ne: ${x} y\nf: a:b, [c] {d}\n",
    'build and test:\n  unit:\n    container:\n      image: registry.example/app:${tag}\n      cmds:\n        - make "x y"\n        - echo it\'s\n',
  ])('holds %j', (text) => expect(agrees(text)).toBe(true));

  it.each([
    '',
    '# nothing',
    'a:\n',
    'a: [b',
    'a: [b,]',
    'a: [b: c]',
    'a: {b}',
    'a: [b]c',
    'a: {b: c, b: d}',
    'a: [b\n]',
    'a: >\n  b\n',
    'a: |2\n  b\n',
    'a: |+\n  b\n',
    'a: |\n\n  b\n',
    'a: |\n  b\n c\n',
    'a: |\n  b\n   \n',
    'a: |\nb: c',
    'a: &x b',
    'a: b\n  c\n',
    'a: b: c',
    'a: b\na: c',
    ' a: b',
    'a: b\r\n',
    'a:\tb',
    '- a',
    'a',
    '---\na: b',
    'a: b\n---\nc: d',
    'a: 0x10',
    '\ufeffa: b',
    'a: "b\\n"',
  ])('does not hold %j', (text) => expect(readPlainYaml(new SourceText('f', text))).toBeUndefined());

  it('agrees on every pipeline of this repository', () => {
    const root = fileURLToPath(new URL('../../../', import.meta.url));
    const files = ['examples', 'test/fixtures/wharf'].flatMap((folder) =>
      readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.yml'))
        .map((file) => `${root}${folder}/${file}`),
    );
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) agrees(readFileSync(file, 'utf8'));
  });

  it('gives up at a depth that no file needs', () => {
    const nested = (depth: number) => Array.from({ length: depth }, (_, i) => `${' '.repeat(i)}a:`).join('\n') + ' b\n';
    expect([agrees(nested(40)), readPlainYaml(new SourceText('f', nested(5_000)))]).toEqual([true, undefined]);
  });
});
