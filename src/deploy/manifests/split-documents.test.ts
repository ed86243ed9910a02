import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SourceText } from '../../diagnostics/source-text.ts';
import { plainValue } from '../../diagnostics/yaml/located.ts';
import { readYamlDocuments } from '../../diagnostics/yaml/read-yaml.ts';
import { splitDocuments } from './split-documents.ts';

it.each([
  ['', []],
  ['a: 1\n', [['a: 1\n', 0]]],
  [
    'a: 1\n---\nb: 2\n',
    [
      ['a: 1\n', 0],
      ['b: 2\n', 2],
    ],
  ],
  [
    '---\na: 1\n---\n\nb: 2',
    [
      ['a: 1\n', 1],
      ['\nb: 2', 3],
    ],
  ],
  ['---\n---\n# a\n--- # b\na: 1', [['a: 1', 4]]],
  [
    'a: 1\r\n---\r\nb: 2\r\n',
    [
      ['a: 1\r\n', 0],
      ['b: 2\r\n', 2],
    ],
  ],
  ['a: |\n  ---\n  x---\nb: "x\n  ---"', [['a: |\n  ---\n  x---\nb: "x\n  ---"', 0]]],
  ['a: 1\n----\n', [['a: 1\n----\n', 0]]],
  ['%YAML 1.2\n---\na: 1\n', [['%YAML 1.2\n---\na: 1\n', 0]]],
  ['a: 1\n...\n---\nb: 2\n', [['a: 1\n...\n---\nb: 2\n', 0]]],
  ['a: 1\n--- {b: 2}\n', [['a: 1\n--- {b: 2}\n', 0]]],
])('splits %j', (text, expected) =>
  expect(splitDocuments(text).map((part) => [part.text, part.linesBefore])).toEqual(expected),
);

it('gives the documents that the whole text has', () => {
  const line = fc.constantFrom(
    ...['---', '--- # x', '# x', '', 'a: 1', 'b: |', '  ---', '  x', "c: 'y", "  z'", '- a', '---\r', '\u2028---'],
  );
  const read = (text: string) => {
    const problems: unknown[] = [];
    const found = readYamlDocuments(new SourceText('a', text), (problem) => void problems.push(problem));
    return { values: found.map(plainValue), isValid: problems.length === 0 };
  };
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const text = `${lines.join('\n')}\n`;
      const whole = read(text);
      fc.pre(whole.isValid);
      expect(splitDocuments(text).flatMap((part) => read(part.text).values)).toEqual(whole.values);
    }),
    { numRuns: 2000 },
  );
});
