/** Generates every variant of a document with one change. */
export interface Mutation {
  /** Where and how it was changed. */
  readonly what: string;
  readonly value: unknown;
}

const replacements: readonly unknown[] = [
  null,
  3,
  -1.5,
  true,
  '',
  ' ',
  'word',
  '../out',
  '/absolute',
  '${variable}',
  [],
  [3],
  ['word'],
  ['/absolute', ''],
  {},
  { word: 'word' },
  { word: null },
];

export function* mutations(value: unknown, path = ''): Generator<Mutation> {
  for (const replacement of replacements)
    yield { what: `${path} = ${JSON.stringify(replacement)}`, value: replacement };
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      for (const { what, value: changed } of mutations(item, `${path}/${i}`))
        yield { what, value: value.with(i, changed) };
    }
  } else if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    yield { what: `${path} with an unknown field`, value: { ...value, unknown: 1 } };
    for (const [key, inner] of entries) {
      yield { what: `${path} without ${key}`, value: Object.fromEntries(entries.filter(([one]) => one !== key)) };
      for (const { what, value: changed } of mutations(inner, `${path}/${key}`))
        yield { what, value: { ...value, [key]: changed } };
    }
  }
}
