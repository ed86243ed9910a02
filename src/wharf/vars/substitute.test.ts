import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasPlaceholder } from './placeholder.ts';
import { processVariables } from './process-variables.ts';
import { substitute } from './substitute.ts';
import { textOfParts, Variables, type Variable } from './variables.ts';

function variables(...sources: Readonly<Record<string, string>>[]): Variables {
  return new Variables(
    sources.map(
      (source, i) =>
        new Map(
          Object.entries(source).map(([name, text]): [string, Variable] => [
            name,
            { name, value: text, text, source: `source ${i}` },
          ]),
        ),
    ),
  );
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  const all = variables(values);
  return substitute(text, (name) => {
    const resolution = all.resolve(name);
    return resolution.status === 'found' ? textOfParts(resolution.parts) : undefined;
  });
}

describe('substitution', () => {
  const values = {
    a: 'A',
    b: 'a',
    ref: '${a}',
    ref2: 'x${ref}y',
    n: '3',
    und: '${nope}',
    esc: '${%a%}',
    'sp ace': 'S',
    'a.b': 'D',
  };
  it.each([
    ['${a}${a}', 'AA'],
    ['$${a}', '$A'],
    ['\\${a}', '\\A'],
    ['${a${b}}', '${a${b}}'],
    ['${a:-x}', '${a:-x}'],
    ['${a}}', 'A}'],
    ['${a', '${a'],
    ['${A}', '${A}'],
    ['${ a }', 'A'],
    ['${\n a\t}', 'A'],
    ['${ref2}', 'xAy'],
    ['v${n}', 'v3'],
    ['${sp ace} ${a.b}', 'S D'],
    ['$a $(a) {a}', '$a $(a) {a}'],
    ['${}', '${}'],
    ['${ }', '${ }'],
    ['${%a%}', '${a}'],
    ['${% a %}', '${ a }'],
    ['${%%}', '${}'],
    ['${%}', '${}'],
    ['${% %}', '${ }'],
    ['${ %a% }', '${ %a% }'],
    ['${%a}', '${%a}'],
    ['${%a%}${a}', '${a}A'],
    ['x${esc}', 'x${a}'],
    ['${und}', '${nope}'],
    ['${%${a}%}', '${%${a}%}'],
    ['', ''],
    ['no variables', 'no variables'],
  ])('%j becomes %j', (text, expected) => {
    expect(fill(text, values)).toBe(expected);
  });

  it('tells escapes from variables', () => {
    expect(['${a}', 'x ${ a } y'].every(hasPlaceholder)).toBe(true);
    expect(['${%a%}', '${a', '$a', ''].some(hasPlaceholder)).toBe(false);
  });

  it('leaves a text without placeholders as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (text) => hasPlaceholder(text) || text.includes('${%') || fill(text, values) === text,
      ),
    );
  });

  it('takes a long text with many braces in its stride', () => {
    expect(fill('${'.repeat(100_000), {})).toBe('${'.repeat(100_000));
  });
});

describe('variables', () => {
  it('come from the first source that has them', () => {
    const resolution = variables({ a: '1' }, { a: '2', b: '3' }).resolve('a');
    expect(resolution).toMatchObject({ status: 'found', value: '1', parts: ['1'], variable: { source: 'source 0' } });
  });

  it('are undefined where no source has them', () => {
    expect(variables({ a: '1' }).resolve('b')).toEqual({ status: 'undefined' });
    expect(variables({}).resolve('constructor')).toEqual({ status: 'undefined' });
  });

  it('say what their values lack', () => {
    const resolution = variables({ a: 'x${b}', b: '${c}' }).resolve('a');
    expect(resolution).toMatchObject({
      status: 'found',
      parts: ['x${c}'],
      missing: [{ name: 'c', in: { name: 'b' } }],
    });
  });

  it.each([
    [{ a: '${a}' }, ['a', 'a']],
    [{ a: '${b}', b: 'x${a}' }, ['a', 'b', 'a']],
    [{ a: '${b}', b: '${c}', c: '${b}' }, ['a', 'b', 'c', 'b']],
  ])('that need each other are a loop: %j', (values, path) => {
    expect(variables(values).resolve('a')).toEqual({ status: 'loop', path });
  });

  it('cannot grow without end', () => {
    const laughs = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`v${i}`, i === 39 ? 'ha' : `\${v${i + 1}}\${v${i + 1}}`]),
    );
    expect(variables(laughs).resolve('v0')).toMatchObject({ status: 'too-large' });
  });

  it('cannot be nested without end', () => {
    const chain = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`v${i}`, `\${v${i + 1}}`]));
    expect(variables(chain).resolve('v0')).toMatchObject({ status: 'loop' });
  });

  it('are handed in by the environment of the process', () => {
    expect([
      ...processVariables({ WHARF_VAR_A: '1', WHARF_VAR_: 'x', PATH: '/bin', WHARF_VAR_B: undefined }).values(),
    ]).toEqual([{ name: 'A', value: '1', text: '1', source: 'WHARF_VAR_A' }]);
  });
});
