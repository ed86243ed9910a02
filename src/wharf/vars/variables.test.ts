import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pieces } from './placeholder.ts';
import { secretsOf, textOfParts, Variables, type Variable } from './variables.ts';

const names = ['a', 'b', 'c', 'd', 'e'];
const written = fc
  .array(
    fc.oneof(
      fc.constantFrom(...names.map((name) => `\${${name}}`), '${x}', '${%a%}', '${', '}'),
      fc.string({ maxLength: 4 }),
    ),
  )
  .map((parts) => parts.join(''));
/** Variables that use each other in any way, also in circles. Some are secrets. */
const graph = fc.array(fc.tuple(fc.constantFrom(...names), written, fc.boolean()), { maxLength: 5 });

function variables(definitions: readonly (readonly [string, string, boolean])[], secrets = true): Variables {
  const source = new Map(
    definitions.map(([name, text, secret]): [string, Variable] => [
      name,
      {
        name,
        value: secret && secrets ? '' : text,
        text: secret && secrets ? '' : text,
        source: 's',
        ...(secret && secrets && { secret: true }),
      },
    ]),
  );
  return new Variables([source]);
}

/** The shortest definition of a value. Returns `undefined` for a circular reference. */
function naive(name: string, texts: ReadonlyMap<string, string>, within: readonly string[]): string | undefined {
  if (within.includes(name)) return undefined;
  let whole = '';
  for (const piece of pieces(texts.get(name) ?? '')) {
    if ('literal' in piece) whole += piece.literal;
    else {
      const inner = texts.has(piece.name) ? naive(piece.name, texts, [...within, name]) : piece.raw;
      if (inner === undefined) return undefined;
      whole += inner;
    }
  }
  return whole;
}

describe('variables that use each other', () => {
  it('have the values that a naive look gives, in whatever order they are asked for', () => {
    fc.assert(
      fc.property(graph, fc.shuffledSubarray(names, { minLength: names.length }), (definitions, order) => {
        const texts = new Map(definitions.map(([name, text]) => [name, text]));
        const all = variables(definitions, false);
        for (const name of order) {
          const resolution = all.resolve(name);
          const expected = texts.has(name) ? naive(name, texts, []) : null;
          if (resolution.status === 'found') expect(textOfParts(resolution.parts)).toBe(expected);
          else expect(resolution.status).toBe(expected === null ? 'undefined' : 'loop');
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('keep a secret as its name, wherever it stands', () => {
    fc.assert(
      fc.property(graph, (definitions) => {
        const all = variables(definitions);
        const secret = new Set(all.names().filter((name) => all.find(name)?.secret));
        for (const name of all.names()) {
          const resolution = all.resolve(name);
          if (resolution.status !== 'found') continue;
          expect(secretsOf(resolution.parts).every((one) => secret.has(one))).toBe(true);
          if (secret.has(name)) expect([resolution.value, resolution.parts]).toEqual(['', [{ secret: name }]]);
          if (secretsOf(resolution.parts).length > 0) expect(textOfParts(resolution.parts)).toBeUndefined();
        }
      }),
    );
  });

  it.each<[string, Variable['value'], unknown]>([
    ['1.50', 1.5, 1.5],
    ['true', true, true],
    ['', null, null],
  ])('hand on their type where they stand alone, and %j as it is written in a text', (text, value, expected) => {
    const n: Variable = { name: 'n', value, text, source: 's' };
    const source = new Map<string, Variable>([
      ['n', n],
      ...['${n}', 'v${n}'].map((one, i): [string, Variable] => [
        `v${i}`,
        { name: `v${i}`, value: one, text: one, source: 's' },
      ]),
    ]);
    const all = new Variables([source]);
    expect(all.resolve('v0')).toMatchObject({ value: expected, parts: [text] });
    expect(all.resolve('v1')).toMatchObject({ value: `v${text}`, parts: [`v${text}`] });
  });

  it('of a long chain are nested too deep but for its last 50, however many there are', { timeout: 120_000 }, () => {
    const count = 60_000;
    const text = (i: number) => (i === count - 1 ? 'end' : `\${v${i + 1}}`);
    const source = new Map(
      Array.from({ length: count }, (_, i): [string, Variable] => [
        `v${i}`,
        { name: `v${i}`, value: text(i), text: text(i), source: 's' },
      ]),
    );
    const all = new Variables([source]);
    const first = all.resolve('v0');
    expect(first).toEqual({ status: 'loop', path: Array.from({ length: 51 }, (_, i) => `v${i}`) });
    const found = all.names().filter((name) => all.resolve(name).status === 'found');
    expect(found).toEqual(Array.from({ length: 50 }, (_, i) => `v${count - 50 + i}`));
  });

  it('may have very many parts', () => {
    const texts: Readonly<Record<string, string>> = { x: '<${y}${y}>', y: '${pw},'.repeat(240_000) };
    const source = new Map(
      Object.entries(texts).map(([name, text]): [string, Variable] => [name, { name, value: text, text, source: 's' }]),
    );
    const all = new Variables([
      source,
      new Map([['pw', { name: 'pw', value: '', text: '', source: 's', secret: true }]]),
    ]);
    expect(all.resolve('x')).toMatchObject({ status: 'found', value: '' });
    const resolution = all.resolve('x');
    expect(resolution.status === 'found' && resolution.parts.length).toBe(2 * 480_000 + 1);
  });

  it('take no time that doubles with each of them', () => {
    // Each variable uses the next one twice, and the last one uses the first: there are 2^40 paths.
    const source = new Map(
      Array.from({ length: 40 }, (_, i): [string, Variable] => [
        `v${i}`,
        {
          name: `v${i}`,
          value: `\${v${(i + 1) % 40}}\${v${(i + 1) % 40}}`,
          text: `\${v${(i + 1) % 40}}\${v${(i + 1) % 40}}`,
          source: 's',
        },
      ]),
    );
    const all = new Variables([source]);
    for (const name of all.names()) expect(all.resolve(name).status).toBe('loop');
  });
});
