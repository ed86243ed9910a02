import { describe, expect, test } from 'vitest';
import { ManifestParameters } from './manifest-parameters.ts';
import { parseManifests } from './parse-manifests.ts';

/** Returns `spec` of an object, or its mistakes. */
function filled(spec: string, values: Readonly<Record<string, string>>): unknown {
  const indented = spec.replaceAll('\n', '\n  ');
  const text = `apiVersion: v1\nkind: A\nmetadata: {name: a}\nspec:\n  ${indented}\n`;
  const { manifests, problems } = parseManifests(text, 'a.yaml', new ManifestParameters(values));
  if (problems.length > 0) return problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
  return (manifests[0]?.object as { readonly spec?: unknown } | undefined)?.spec;
}

describe('fields that a comment marks', () => {
  test.each<[string, string, Readonly<Record<string, string>>, unknown]>([
    ['a number', 'n: 1 # from-param: ${n}', { n: '3' }, { n: 3 }],
    ['a boolean', 'n: false # from-param: ${n}', { n: 'true' }, { n: true }],
    ['a number in quotes stays a string', 'n: "1" # from-param: ${n}', { n: '3' }, { n: '3' }],
    ['one in single quotes, too', "n: '1' # from-param: ${n}", { n: '3' }, { n: '3' }],
    ['a text', 'n: a # from-param: ${n}', { n: 'b c' }, { n: 'b c' }],
    ['a text that looks like a map stays a text', 'n: a # from-param: ${n}', { n: 'b: c' }, { n: 'b: c' }],
    ['a text that is no YAML', 'n: a # from-param: ${n}', { n: '[x' }, { n: '[x' }],
    ['an empty text', 'n: a # from-param: ${n}', { n: '' }, { n: '' }],
    ['an empty field', 'n: "" # from-param: ${n}', { n: 'x' }, { n: 'x' }],
    ['an item of a list', 'n:\n- a # from-param: ${n}\n- b', { n: 'x' }, { n: ['x', 'b'] }],
    ['a field of an item', 'n:\n- m: a # from-param: ${n}', { n: 'x' }, { n: [{ m: 'x' }] }],
    ['several names', 'n: a:1 # from-param: ${image}:${tag}', { image: 'b', tag: '2' }, { n: 'b:2' }],
    ['text around names', 'n: x # from-param: pre-${n}.example', { n: 'y' }, { n: 'pre-y.example' }],
    ['a name twice', 'n: x # from-param: ${n}-${n}', { n: 'y' }, { n: 'y-y' }],
    ['a name of the object itself', 'n: x # from-param: ${toString}', { n: 'y' }, { n: 'x' }],
    ['a name without a value keeps what is there', 'n: a:1 # from-param: ${image}:${tag}', { tag: '2' }, { n: 'a:2' }],
    [
      'the port of a registry is of the image',
      'n: r:5000/a:1 # from-param: ${image}:${tag}',
      { tag: '2' },
      { n: 'r:5000/a:2' },
    ],
    ['three names', 'n: a.b.c # from-param: ${x}.${y}.${z}', { y: 'Y' }, { n: 'a.Y.c' }],
    ['no name has a value', 'n: 1 # from-param: ${other}', { n: '3' }, { n: 1 }],
    ['no comment', 'n: 1', { n: '3' }, { n: 1 }],
    ['another comment', 'n: 1 # the ${n}', { n: '3' }, { n: 1 }],
    ['the comment of the next line', 'n: 1\n# from-param: ${n}\nm: 2', { n: '3' }, { n: 1, m: 2 }],
    ['a Windows line end', 'n: 1 # from-param: ${n}\r', { n: '3' }, { n: 3 }],
    ['other spaces', 'n: 1   #from-param:${n}  ', { n: '3' }, { n: 3 }],
    ['a list below its key', 'n: # from-param: ${n}\n- a\n- b', { n: '[x, 1]' }, { n: ['x', 1] }],
    ['a list in brackets', 'n: [a, b] # from-param: ${n}', { n: '[x]' }, { n: ['x'] }],
    ['an emptied list', 'n: [a, b] # from-param: ${n}', { n: '' }, { n: [] }],
    ['a list that no name has a value for', 'n: [a] # from-param: ${other}', { n: '[x]' }, { n: ['a'] }],
    [
      'a list that gets no list',
      'n: [a] # from-param: ${n}',
      { n: 'x' },
      ['5:6 the value of parameter `n` must be a list, such as [a, b], but is `x`'],
    ],
    [
      'a list with text around its name',
      'n: [a] # from-param: x${n}',
      { n: '[x]' },
      ['5:6 a list takes one parameter and nothing else, but its comment is `x${n}`'],
    ],
    [
      'a name whose value the field does not have',
      'n: a # from-param: ${image}:${tag}',
      { tag: '2' },
      ['5:6 the field has no value for `image`: add --set image=VALUE'],
    ],
    [
      'an empty value counts as none',
      'n: ":1" # from-param: ${image}:${tag}',
      { tag: '2' },
      ['5:6 the field has no value for `image`: add --set image=VALUE'],
    ],
  ])('%s', (_, spec, values, expected) => expect(filled(spec, values)).toEqual(expected));

  test('every document is filled, and names that no field has are known', () => {
    const parameters = new ManifestParameters({ a: '1', b: '2', c: '3' });
    const object = (name: string) => `apiVersion: v1\nkind: A\nmetadata:\n  name: x # from-param: ${name}\n`;
    const { manifests } = parseManifests(`${object('n${a}')}---\n${object('n${b}')}`, 'a.yaml', parameters);
    expect(manifests.map(({ object: { metadata } }) => metadata.name)).toEqual(['n1', 'n2']);
    expect(parameters.unused).toEqual(['c']);
  });

  test('a field of many names takes no time that grows with their number', () => {
    const pattern = Array.from({ length: 2_000 }, (_, i) => `\${p${i}}`).join('');
    expect(filled(`n: ${'x'.repeat(5_000)} # from-param: ${pattern}`, { p0: 'y' })).toEqual({
      n: expect.stringMatching(/^yx+$/) as string,
    });
  });
});
