/** Any bytes in a file give diagnostics or a definition. The check never throws or hangs. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderDiagnostics } from '../../diagnostics/render.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { checkPipeline } from '../../../test/rigs/check-pipeline.ts';
import { stepTypes } from './step-types.ts';

const folder = new URL('../../../test/fixtures/wharf/', import.meta.url);
const files = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));

/** Uses every part of the result, as its callers do. */
function examine(text: string): void {
  const source = new SourceText('.wharf-ci.yml', text);
  const { value, diagnostics } = checkPipeline(source);
  expect(value !== undefined || diagnostics.length > 0).toBe(true);
  for (const { place } of diagnostics) {
    expect(place?.line).toBeLessThanOrEqual(source.lineCount);
    expect(place?.column).toBeGreaterThan(0);
  }
  renderDiagnostics(diagnostics, { width: 80, unicode: true });
  JSON.stringify({ value: value?.stages.map((stage) => stage.name), diagnostics });
}

/** Texts that are likely to confuse a parser. */
const pieces = [
  '[',
  ']',
  '{',
  '}',
  ':',
  ': ',
  '- ',
  '? ',
  '&a ',
  '*a',
  '!x ',
  '| \n',
  '>-\n',
  '"',
  "'",
  '\\',
  '#',
  '\n',
  '\r\n',
  '\r',
  '\t',
  '  ',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '<<: *a',
  '<<: [*a, *a]',
  '${',
  '}',
  '${x}',
  '${%x%}',
  '\0',
  '\u2028',
  '\ufeff',
  '\ud800',
  '😀',
  '~',
  'null',
  'true',
  '0x',
  '1e999',
  '-.inf',
  '__proto__: ',
  'constructor: ',
  'container:',
  'inputs:',
  'environments:',
  'runs-if: ',
];

const scalars = fc.constantFrom(
  null,
  true,
  0,
  -1,
  1.5,
  '',
  ' ',
  'a',
  'choice',
  'number',
  '${x}',
  '${',
  '${%x%}',
  'a${x}=',
  '=',
  'A=b',
  'linux',
  'stage',
  'oci://',
  '../x',
  '/',
  '://',
  ':',
  '@',
  'a/b:c',
  '-',
  '--x',
  '\0',
  ',,',
  'v2',
);

const fieldsOfTypes = [
  ...['image', 'cmds', 'os', 'shell', 'secretName', 'serviceAccount', 'certificatesMountPath'],
  ...[
    'file',
    'tag',
    'context',
    'destination',
    'registry',
    'group',
    'name',
    'push',
    'append-cert',
    'args',
    'secretArgs',
    'secret',
  ],
  ...['chart', 'namespace', 'repo', 'set', 'files', 'chartVersion', 'helmVersion', 'cluster'],
  ...['version', 'chart-path', 'action', 'force', 'project-path', 'skip-duplicate'],
];

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.nat(20),
  insert: fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'grapheme', maxLength: 8 })),
});

function apply(text: string, edits: readonly { at: number; remove: number; insert: string }[]): string {
  return edits.reduce((now, { at, remove, insert }) => {
    const start = Math.floor(at * now.length);
    return now.slice(0, start) + insert + now.slice(start + remove);
  }, text);
}

describe('any file', () => {
  it('made from a real one by a few edits', () => {
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.array(edit, { minLength: 1, maxLength: 6 }), (file, edits) => {
        examine(apply(file, edits));
      }),
      { numRuns: 400 },
    );
  });

  it('made of what confuses parsers', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 40 }), (parts) => {
        examine(parts.join(''));
      }),
      { numRuns: 400 },
    );
  });

  it('of well-formed YAML that is no pipeline', () => {
    const keys = fc.constantFrom(
      'inputs',
      'environments',
      'build',
      'runs-if',
      'run-if',
      'container',
      'docker',
      'image',
      'cmds',
      'env',
      'timeout',
      'artifacts',
      'name',
      'type',
      'default',
      'values',
      '',
      '__proto__',
    );
    const fields = fc.constantFrom(...fieldsOfTypes, '', '__proto__', 'constructor');
    const step = fc.dictionary(
      fc.constantFrom(...stepTypes.keys(), 'env', 'memory', 'timeout'),
      fc.dictionary(
        fields,
        fc.oneof(scalars, fc.array(scalars, { maxLength: 3 }), fc.dictionary(fields, scalars, { maxKeys: 2 })),
        { maxKeys: 6 },
      ),
      { maxKeys: 2 },
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6 },
        scalars,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(keys, tie('tree'), { maxKeys: 5 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        examine(JSON.stringify(value));
      }),
      { numRuns: 400 },
    );
    fc.assert(
      fc.property(
        fc.dictionary(keys, fc.dictionary(fc.constantFrom('My app', 'a', '${x}', ''), step, { maxKeys: 2 }), {
          maxKeys: 3,
        }),
        (value) => {
          examine(JSON.stringify(value));
        },
      ),
      { numRuns: 600 },
    );
  });
});

describe('a large file that is all wrong', () => {
  const lines = (count: number, line: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => line(i)).join('\n');
  it.each([
    ['unknown fields', `b:\n  s:\n    container:\n${lines(5000, (i) => `      kk${i}: 1`)}`],
    [
      'unknown environments',
      `environments: {${lines(2000, (i) => `e${i}: {},`)}}\nb:\n  environments: [${lines(2000, (i) => `f${i},`)}]\n  s: {container: {image: a, cmds: [b]}}`,
    ],
    ['unknown anchors', `b: [${'*zz,'.repeat(5000)}]`],
    ['keys given twice', `b:\n${'  s: 1\n'.repeat(5000)}`],
    ['documents', '---\n'.repeat(5000)],
    ['paths of patterns', `b: {s: {kubectl: {files: [${lines(2000, () => '"{{{{{{..,(((((@(",')}]}}}`],
    [
      'arguments',
      `b: {s: {docker: {file: f, tag: "${'a b,'.repeat(20_000)}", destination: "${'a.'.repeat(20_000)}/${'-_.'.repeat(20_000)}", args: [${lines(2000, () => '"=",')}]}}}`,
    ],
    ['one line', `b: {s: {container: {${lines(5000, (i) => `k${i}: 1,`).replaceAll('\n', ' ')}}}}`],
    ['one word', 'x'.repeat(1_000_000)],
    ['flow with variables', `a: [${'${a} '.repeat(5000)}`],
  ])('%s', (_, text) => {
    examine(text);
  });
});
