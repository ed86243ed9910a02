import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { locatedData, locatedMap, plainJson } from '../../../test/rigs/located-yaml.ts';
import { SourceText } from '../source-text.ts';
import type { LocatedMap } from './located.ts';
import { readYamlDocuments } from './read-yaml.ts';
import { writeYaml } from './write-yaml.ts';

/** Writes documents again as they are. */
function rewritten(content: string): string {
  const source = new SourceText('skaffold.yaml', content);
  const documents = readYamlDocuments(source, ({ message }) => expect.fail(message));
  return writeYaml(documents as LocatedMap[], source);
}

const printed = (yaml: string) => writeYaml([locatedMap(yaml)]);

describe('writeYaml writes', () => {
  it.each([
    ['empty parts in one line', '{build: {}, texts: []}', 'build: {}\ntexts: []\n'],
    ['an empty document', '{}', '{}\n'],
    ['null', '{build: ~}', 'build: null\n'],
    ['numbers and booleans', '{foreign: [1, 1.5, true, ~]}', 'foreign:\n  - 1\n  - 1.5\n  - true\n  - null\n'],
    [
      'texts that look like others',
      '{texts: ["1", "1.5", "true", "null", "~", ""]}',
      'texts:\n  - "1"\n  - "1.5"\n  - "true"\n  - "null"\n  - "~"\n  - ""\n',
    ],
    [
      'words of YAML 1.1',
      '{texts: [yes, No, on, off, y, N]}',
      'texts:\n  - "yes"\n  - "No"\n  - "on"\n  - "off"\n  - "y"\n  - "N"\n',
    ],
    [
      'numbers of YAML 1.1',
      '{texts: ["1:30", "0777", "1_000", "0b1"]}',
      'texts:\n  - "1:30"\n  - "0777"\n  - "1_000"\n  - "0b1"\n',
    ],
    ['dates of YAML 1.1', '{texts: [2001-01-01]}', 'texts:\n  - "2001-01-01"\n'],
    ['keys of YAML 1.1', '{named: {on: {}, "<<": {}}}', 'named:\n  "on": {}\n  "<<": {}\n'],
    [
      'texts of several lines as blocks',
      '{texts: ["a\\nb\\n", "a\\n\\nb"]}',
      'texts:\n  - |\n    a\n    b\n  - |-\n    a\n\n    b\n',
    ],
    [
      'other texts of several lines in quotes',
      '{texts: ["\\n", " a\\nb", "a\\r\\nb"]}',
      'texts:\n  - "\\n"\n  - " a\\nb"\n  - "a\\r\\nb"\n',
    ],
    ['long texts in one line', `{kind: "${'word '.repeat(40)}end"}`, `kind: ${'word '.repeat(40)}end\n`],
    ['templates', '{kind: "{{.NAME}}:{{.TAG}}"}', 'kind: "{{.NAME}}:{{.TAG}}"\n'],
  ])('%s', (_, yaml, expected) => {
    expect(printed(yaml)).toBe(expected);
  });

  it('several documents', () => {
    expect(writeYaml([locatedMap('kind: a'), locatedMap('kind: b')])).toBe('kind: a\n---\nkind: b\n');
    expect(writeYaml([])).toBe('');
  });

  it('keys of prototypes', () => {
    expect(printed('{__proto__: {a: 1}, constructor: 1}')).toBe('__proto__:\n  a: 1\nconstructor: 1\n');
  });
});

describe('writeYaml keeps comments', () => {
  it.each([
    ['at the top', '# a\n# b\n\nkind: x\n'],
    ['at the top, directly before a key', '# a\nkind: x\n'],
    ['at the top in two parts', '# a\n\n# b\nkind: x\n'],
    ['before keys', 'apiVersion: a\n# b\nkind: x\n'],
    ['before keys of sections', 'build:\n  # a\n  image: i\n  # b\n  context: c\n'],
    ['behind values', 'apiVersion: a # b\nkind: x # y\n'],
    ['behind values of sections', 'build:\n  image: i # a\n  context: c # b\n'],
    ['before items', 'texts:\n  # a\n  - x\n  # b\n  - z\n'],
    ['behind items', 'texts:\n  - x # a\n  - z # b\n'],
    ['before items that are sections', 'list:\n  # a\n  - image: i\n  # b\n  - image: j\n'],
    ['inside of items', 'list:\n  - image: i # a\n    # b\n    context: c\n'],
    ['with blank lines', 'apiVersion: a\n\nkind: x\n\n# b\nbuild:\n  image: i\n\n  context: c\n'],
    ['with blank lines between items', 'list:\n  - image: i\n\n  - image: j\n'],
    ['after the last field of a section', 'build:\n  image: i\n  # a\nforeign: x\n'],
    ['after the last item', 'texts:\n  - x\n  # a\nforeign: x\n'],
    ['at the end', 'kind: x\n\n# a\n'],
    ['of every document', '# a\nkind: x\n\n# b\n---\n# c\nkind: z\n\n# d\n'],
    ['at the top of every document', '# a\n\nkind: x\n---\n# c\n\nkind: z\n'],
    ['that are empty', '#\nkind: x #\n'],
    ['of block texts', 'kind: | # a\n  x\n  y\n# b\nbuild: {}\n'],
  ])('%s', (_, content) => {
    expect(rewritten(content)).toBe(content);
  });

  it.each([
    ['behind keys', 'build: # a\n  image: i\n', 'build:\n  # a\n  image: i\n'],
    ['of line ends of Windows', '# a\r\nkind: x # b\r\n', '# a\nkind: x # b\n'],
    ['of lists without indentation', 'texts:\n# a\n- x # b\n', 'texts:\n  # a\n  - x # b\n'],
    ['of empty values', 'kind: # a\nbuild: {}\n', 'kind: null # a\nbuild: {}\n'],
    [
      'of parts in one line',
      'build: {image: i, context: c} # a\nforeign: [x] # b\n',
      'build:\n  image: i\n  context: c\n  # a\nforeign:\n  - x\n  # b\n',
    ],
    ['of empty parts in one line', 'build: {} # a\ntexts: [] # b\n', 'build: {} # a\ntexts: [] # b\n'],
  ])('%s', (_, content, expected) => {
    expect(rewritten(content)).toBe(expected);
  });

  it('of anchors once, and of aliases before their keys', () => {
    const content = 'build: &b # a\n  image: i # i\nforeign: *b # f\ntexts:\n  - *b\n';
    expect(rewritten(content)).toBe('build:\n  # a\n  image: i # i\n# f\nforeign:\n  image: i\ntexts:\n  - image: i\n');
  });

  it('loses no comment', () => {
    const lines = fc.constantFrom(
      'kind: x',
      'apiVersion: a',
      'build:\n  image: i\n  context: c',
      'texts:\n  - x\n  - z',
      'list:\n  - image: i\n    inner:\n      image: j',
    );
    fc.assert(
      fc.property(fc.uniqueArray(lines, { minLength: 1 }), fc.infiniteStream(fc.nat({ max: 3 })), (parts, stream) => {
        let comments = 0;
        const choose = () => stream.next().value as number;
        const content = parts
          .join('\n')
          .split('\n')
          .flatMap((line) => {
            const indent = /^[ ]*/.exec(line)?.[0] ?? '';
            const before = choose() === 0 ? [`${indent}# c${++comments}.`] : [];
            const behind = choose() === 0 && !line.endsWith(':') ? ` # c${++comments}.` : '';
            return [...before, ...(choose() === 0 ? [''] : []), line + behind];
          });
        const output = rewritten(`${content.join('\n')}\n`);
        const found = [...output.matchAll(/# c(\d+)\./g)].map(([, number]) => Number(number));
        expect(found.sort((a, b) => a - b)).toEqual(Array.from({ length: comments }, (_, i) => i + 1));
      }),
    );
  });
});

it('is read as the same data, by rules of YAML 1.1 and 1.2', () => {
  const word = fc.constantFrom(
    'yes',
    'on',
    'No',
    'y',
    '~',
    'null',
    '1:30',
    '0o7',
    '0777',
    '1e3',
    '.inf',
    '.nan',
    '<<',
    '=',
    '2001-01-01',
    '-',
    '? a',
    ': ',
    '# a',
    ' a',
    'a ',
    'a\n',
    '\na',
    'a\r\nb',
    'a\rb',
    '\t',
    'a\n\tb',
    '\u0085',
    '\u2028',
    '---',
    '...',
    '{{.A}}',
    '@a',
    '!a',
    '&a',
    '*a',
    '%a',
    "'",
    '"',
    '|',
    '>',
    '\\',
    '',
    '__proto__',
    'constructor',
  );
  const string = fc.oneof(word, fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[ \n\ta#:-]*$/));
  const scalar = fc.oneof(
    string,
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      scalar,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(string, tie('value'), { maxKeys: 3, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(string, value, { maxKeys: 3, noNullPrototype: true }), (data) => {
      const document = locatedData(data) as LocatedMap;
      const yaml = writeYaml([document]);
      const expected = JSON.stringify(plainJson(document));
      for (const version of ['1.1', '1.2'] as const) expect(JSON.stringify(parse(yaml, { version }))).toBe(expected);
      const again = readYamlDocuments(new SourceText('a', yaml), ({ message }) => expect.fail(message));
      expect(again.map((one) => JSON.stringify(plainJson(one)))).toEqual([expected]);
    }),
    { numRuns: 100 },
  );
});

it('several documents are read as the same data', () => {
  const data = [{ kind: 'a\n' }, {}, { kind: '---' }, { texts: ['...', '---\nb'] }];
  const yaml = writeYaml(data.map((one) => locatedData(one) as LocatedMap));
  expect(parseAllDocuments(yaml).map((document) => document.toJS() as unknown)).toEqual(data);
});
