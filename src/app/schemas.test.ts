/**
 * Compares the published schemas with the code that reads the files. Both know the same fields, and an editor never
 * marks a file that runs.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { everything, operatorEverything } from '../../test/fixtures/schema/everything.ts';
import { mutations } from '../../test/rigs/mutations.ts';
import { marksOf, valuesOf } from '../../test/rigs/schema-marks.ts';
import { checkOperatorFile } from '../operator/file/check-operator-file.ts';
import { checkPipeline } from '../../test/rigs/check-pipeline.ts';
import { stageFields } from '../wharf/config/stage-fields.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { schemaNamed } from './schemas.ts';
import { schemaNames, type SchemaName } from '../schema/json-schema.ts';
import { newestVersion } from '../skaffold/schema/newest-types.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

const marks = new Map(schemaNames.map((name) => [name, marksOf(schemaNamed(name))]));
const errorsOf = (name: SchemaName, value: unknown) => marks.get(name)?.(value) ?? [];

/** The only document of a file. An empty file is as good as none. */
const valueOf = (text: string) => valuesOf(text)[0];

const examplesIn = (page: string) =>
  [...read(page).matchAll(/```yaml\n([\s\S]*?)```/g)].map((match, i) => [`${page}, ${i + 1}`, match[1] ?? ''] as const);
const isNewest = (text: string) => text.includes(`apiVersion: skaffold/${newestVersion}\n`);
const areVariables = (text: string) => /^vars:/m.test(text);
const below = (folder: string) =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}${path}`);

describe.each(schemaNames)('%s', (name) => {
  it('is the published one', async () => {
    await expect(`${JSON.stringify(schemaNamed(name), undefined, 2)}\n`).toMatchFileSnapshot(
      fileURLToPath(new URL(`docs/${name}.schema.json`, root)),
    );
  });

  it('describes every field', () => {
    expect(undescribed(schemaNamed(name))).toEqual([]);
  });
});

function undescribed(schema: unknown, path = ''): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const named = Object.entries((schema as JsonSchema).properties ?? {}).filter(
    ([, field]) => typeof field === 'object' && isDefinition(field) && field.description === undefined,
  );
  return [
    ...named.map(([field]) => `${path}/${field}`),
    ...Object.entries(schema).flatMap(([key, inner]) =>
      key === 'not' || key === 'if' || key === 'then' ? [] : undescribed(inner, `${path}/${key}`),
    ),
  ];
}

/** Reports whether the schema describes the field itself, not only an addition as in `dependencies`. */
function isDefinition(field: JsonSchema): boolean {
  return field.minItems === undefined || field.type !== undefined;
}

describe('valid files', () => {
  const pipelines = [
    ...examplesIn('docs/wharf-ci.md').filter(([, text]) => !areVariables(text)),
    ...below('test/fixtures/wharf/')
      .filter((path) => path.endsWith('.yml'))
      .map((path) => [path, read(path)] as const),
    ...below('examples/')
      .filter((path) => path.endsWith('.wharf-ci.yml'))
      .map((path) => [path, read(path)] as const),
  ];
  it.each(pipelines)('%s', (_, text) => {
    expect(errorsOf('wharf-ci', valueOf(text))).toEqual([]);
  });

  it.each(below('examples/').filter((path) => path.endsWith('skaffold.yaml') && isNewest(read(path))))('%s', (path) => {
    expect(errorsOf('skaffold', valueOf(read(path)))).toEqual([]);
  });

  it('variables', () => {
    const all = [
      ...examplesIn('docs/wharf-ci.md').filter(([, text]) => areVariables(text)),
      ['here', 'vars: {A: 1, B: text, C: true, D: ~}\nother: [1]'] as const,
    ];
    expect(all.flatMap(([, text]) => errorsOf('wharf-vars', valueOf(text)))).toEqual([]);
    expect(errorsOf('wharf-vars', valueOf('vars: {A: [1]}'))).not.toEqual([]);
  });

  it("operators' files", () => {
    const all = ['docs/operator.md', 'docs/secrets.md']
      .filter((page) => existsSync(new URL(page, root)))
      .flatMap(examplesIn);
    const ofOperators = all.filter(([, text]) =>
      /^(?:clusters|secrets|serviceAccounts|certificates|images|kubernetes):/m.test(text),
    );
    expect(
      ofOperators.flatMap(([where, text]) => errorsOf('config', valueOf(text)).map((error) => `${where}: ${error}`)),
    ).toEqual([]);
  });
});

type Check = (text: string) => readonly Diagnostic[];

const checkWharf: Check = (text) =>
  checkPipeline(new SourceText('.wharf-ci.yml', text)).diagnostics.filter(({ severity }) => severity === 'error');
const checkOperator: Check = (text) => {
  const found: Diagnostic[] = [];
  checkOperatorFile(new SourceText('config.yaml', text), '/etc/slipway', '/home/me', (diagnostic) =>
    found.push(diagnostic),
  );
  return found.filter(({ severity }) => severity === 'error');
};

/** Returns the known fields, from the diagnostic of an unknown one. */
function knownTo(check: Check, text: string): readonly string[] {
  const help = check(text).find(({ code }) => code === 'W012')?.help ?? '';
  return [...help.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '').sort();
}

const fieldsAt = (schema: JsonSchema | undefined, ...path: readonly string[]): readonly string[] => {
  let at: unknown = schema;
  for (const key of path) at = (at as Record<string, unknown> | undefined)?.[key];
  return Object.keys((at as JsonSchema | undefined)?.properties ?? {}).sort();
};

describe('the schema has exactly the fields that are read', () => {
  const wharfCi = schemaNamed('wharf-ci');
  const step = wharfCi.definitions?.['step'];
  const types = Object.keys(step?.properties ?? {}).filter((name) =>
    step?.oneOf?.some((one) => typeof one === 'object' && one.required?.includes(name)),
  );
  const unknown = 'qqqqqqqqqq: 1';

  it('steps', () => {
    expect(fieldsAt(step)).toEqual(knownTo(checkWharf, `s: {st: {${unknown}, container: {image: a, cmds: [b]}}}`));
    expect(types).toHaveLength(6);
  });

  it.each(types)('%s', (type) => {
    expect(fieldsAt(step, 'properties', type)).toEqual(knownTo(checkWharf, `s: {st: {${type}: {${unknown}}}}`));
  });

  it('stages', () => {
    expect(fieldsAt(wharfCi.definitions?.['stage'])).toEqual([...stageFields].sort());
  });

  it('inputs', () => {
    expect(fieldsAt(wharfCi, 'properties', 'inputs', 'items')).toEqual(
      knownTo(checkWharf, `inputs: [{name: a, type: choice, ${unknown}}]`),
    );
  });

  it.each([
    ['the file', unknown, []],
    ['clusters', `clusters: {a: {${unknown}}}`, ['properties', 'clusters', 'additionalProperties']],
    ['images', `images: {${unknown}}`, ['properties', 'images']],
    ['kubernetes', `kubernetes: {${unknown}}`, ['properties', 'kubernetes']],
    [
      'builder',
      `kubernetes: {builder: {kind: kaniko, image: a, ${unknown}}}`,
      ['properties', 'kubernetes', 'properties', 'builder'],
    ],
    [
      'sources',
      `secrets: {a: {b: {helper: c, server: d, ${unknown}}}}`,
      ['properties', 'secrets', 'additionalProperties', 'anyOf', '1', 'additionalProperties'],
    ],
  ])("the operator's file: %s", (_, text, path) => {
    expect(fieldsAt(schemaNamed('config'), ...path)).toEqual(knownTo(checkOperator, text));
  });
});

/** YAML is a superset of JSON. */
const judge = (name: 'wharf-ci' | 'config', check: Check, value: unknown) => ({
  marks: errorsOf(name, value),
  mistakes: check(JSON.stringify(value)),
});

/** Diagnostics that a schema cannot express, by code, and the limit of their share in percent of all mistakes. */
const leftToValidate = {
  W005: 'the word `null`: an editor reads an empty file',
  W014: 'a text of blanks only',
  W022: 'an undefined environment',
  W035: 'a default outside of the values',
  W070: 'the names and tags of images',
  W079: 'duplicate names',
  W027: 'a chart that may be a path or a name',
  W077: 'details of versions and programs',
};
const mostLeft = 5;

describe.each([
  { name: 'wharf-ci' as const, check: checkWharf, document: everything },
  { name: 'config' as const, check: checkOperator, document: operatorEverything },
])('$name, mutated in every place', ({ name, check, document }) => {
  const judged = [...mutations(document)].map(({ what, value }) => ({ what, ...judge(name, check, value) }));
  const wrong = judged.filter(({ mistakes }) => mistakes.length > 0);

  it('starts from a document that is valid for both', () => {
    expect(judge(name, check, document)).toEqual({ marks: [], mistakes: [] });
    expect(wrong.length).toBeGreaterThan(200);
  });

  it('never marks a valid document', () => {
    expect(judged.filter(({ marks, mistakes }) => marks.length > 0 && mistakes.length === 0)).toEqual([]);
  });

  it('marks an invalid document, except for known limits of schemas', () => {
    const left = wrong.filter(({ marks }) => marks.length === 0);
    expect(left.filter(({ mistakes }) => mistakes.some(({ code }) => !Object.hasOwn(leftToValidate, code)))).toEqual(
      [],
    );
    expect((100 * left.length) / wrong.length).toBeLessThan(mostLeft);
  });
});
