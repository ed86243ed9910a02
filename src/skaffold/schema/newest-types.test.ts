/** Compares the types of the newest version with Skaffold's own JSON Schema of it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sharedFiles } from '../../../test/rigs/shared-files.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { plainValue } from '../../diagnostics/yaml/located.ts';
import { readYaml } from '../../diagnostics/yaml/read-yaml.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { JsonSchema } from '../../schema/json-schema.ts';
import { checkShape } from '../config/shape/check-shape.ts';
import { rootType, type Field, type Shape } from '../config/shape/shape.ts';
import { newestTypes, newestVersion } from './newest-types.ts';

const report = ({ message }: Diagnostic) => {
  throw new Error(message);
};

interface Named {
  readonly type: string;
  readonly name: string;
  readonly field: Field;
}

const types = Object.entries(newestTypes);
const fields: readonly Named[] = types.flatMap(([type, { fields }]) =>
  Object.entries(fields).map(([name, field]) => ({ type, name, field })),
);

function typesIn(shape: Shape): readonly string[] {
  if (shape.kind === 'type') return [shape.name];
  if (shape.kind === 'list') return typesIn(shape.items);
  return shape.kind === 'map' ? typesIn(shape.values) : [];
}

describe('the newest types', () => {
  it('are all reached from the document, and only they', () => {
    const reached = new Set([rootType]);
    for (const type of reached)
      for (const { shape } of Object.values(newestTypes[type]?.fields ?? {}))
        for (const inner of typesIn(shape)) reached.add(inner);
    expect([...reached].sort()).toEqual(Object.keys(newestTypes).sort());
  });

  it('have labels that fit into a sentence', () => {
    expect(types.filter(([, { label }]) => !/^[a-zA-Z]/.test(label) || /[.`]/.test(label))).toEqual([]);
  });

  it('describe every field in sentences', () => {
    const odd = fields.filter(({ field }) => !/^[A-Z`][^]*\.$/.test(field.description ?? ''));
    expect(odd.map(({ type, name }) => `${type}.${name}`)).toEqual([]);
  });

  it('say in each field of Google’s services that Slipway does not use it', () => {
    const google = /^(?:Google|CloudRun|PlatformEmulator|Kpt|Transformer|Validator)/;
    const used = fields.filter(
      ({ type, field }) =>
        (google.test(type) || typesIn(field.shape).some((name) => google.test(name))) &&
        !field.description?.includes('Slipway reads this field but does not use it.'),
    );
    expect(used.map(({ type, name }) => `${type}.${name}`)).toEqual([]);
  });

  it('exclude more than one field of each group', () => {
    const groups = new Map<string, number>();
    for (const { type, field } of fields)
      if (field.oneOf !== undefined)
        groups.set(`${type} ${field.oneOf}`, (groups.get(`${type} ${field.oneOf}`) ?? 0) + 1);
    const alone = [...groups].filter(([, size]) => size < 2).map(([group]) => group);
    // Skaffold has only one kind of them yet.
    expect(alone).toEqual([
      'KoDependencies dependency',
      'BuildpackDependencies dependency',
      'RenderHookItem render_hook',
      'PostRenderHookItem render_hook',
    ]);
  });

  it('have paths and templates in texts only', () => {
    const kinds = (shape: Shape): string =>
      shape.kind === 'list' ? kinds(shape.items) : shape.kind === 'map' ? kinds(shape.values) : shape.kind;
    const odd = fields.filter(({ field }) => field.path && kinds(field.shape) !== 'text');
    expect(odd).toEqual([]);
    const templates = fields.filter(({ field }) => field.template).map(({ field }) => kinds(field.shape));
    expect(new Set(templates)).toEqual(new Set(['text', 'flatMap', 'any']));
  });

  it.each([
    ['port: 8080', { port: 8080 }],
    ['port: "8080"', { port: '8080' }],
    ['port: http', { port: 'http' }],
    ['port: 0', {}],
    ['port: 1.5', { port: '1.5' }],
    ['localPort: 8080', { localPort: 8080 }],
  ])('tell the number of a port from its name: %s', (text, expected) => {
    const node = readYaml(new SourceText('skaffold.yaml', text), report);
    expect(node && plainValue(checkShape(node, 'PortForwardResource', newestTypes, report))).toEqual(expected);
  });

  it('allow each of their defaults', () => {
    expect(
      fields.filter(({ field }) => field.values && !field.values.includes(field.default ?? field.values[0] ?? '')),
    ).toEqual([]);
  });
});

const file = sharedFiles(`reference/skaffold-${newestVersion}.schema.json`);

describe.skipIf(file.missing)(`Skaffold’s schema (${file.missing ?? newestVersion})`, () => {
  const read = () => JSON.parse(readFileSync(file.path, 'utf8')) as JsonSchema;
  const definitions = file.missing === undefined ? (read().definitions ?? {}) : {};
  const propertiesOf = (definition: JsonSchema): Readonly<Record<string, JsonSchema>> => {
    const parts = [definition, ...((definition.anyOf ?? []) as readonly JsonSchema[])];
    return Object.fromEntries(parts.flatMap(({ properties }) => Object.entries(properties ?? {}))) as Readonly<
      Record<string, JsonSchema>
    >;
  };
  const both = fields.flatMap(({ type, name, field }) => {
    const theirs = propertiesOf(definitions[type] ?? {})[name];
    return theirs ? [{ at: `${type}.${name}`, field, theirs }] : [];
  });
  const differences = (ours: (field: Field) => unknown, theirs: (schema: JsonSchema) => unknown) =>
    both.flatMap(({ at, field, theirs: schema }) => {
      const [a, b] = [ours(field), theirs(schema)];
      return a === b ? [] : [[at, a, b]];
    });

  it('has the same types', () => {
    // A text, which needs no name.
    const only = ['ResourceType'];
    expect(Object.keys(newestTypes).sort()).toEqual(
      Object.keys(definitions)
        .filter((name) => !only.includes(name))
        .sort(),
    );
  });

  it.each(types)('has the same fields in %s', (name, type) => {
    const definition = definitions[name] ?? {};
    expect(Object.keys(type.fields).sort()).toEqual(Object.keys(propertiesOf(definition)).sort());
    const required = Object.keys(type.fields).filter((field) => type.fields[field]?.required);
    expect(required.sort()).toEqual([...(definition.required ?? [])].sort());
  });

  it('has the same order of fields', () => {
    const ordered = types.flatMap(([name, type]) => {
      const { preferredOrder } = (definitions[name] ?? {}) as { readonly preferredOrder?: readonly string[] };
      return preferredOrder && preferredOrder.join() !== Object.keys(type.fields).join() ? [name] : [];
    });
    expect(ordered).toEqual([]);
  });

  it('has the same shapes', () => {
    const ours = (shape: Shape): string => {
      switch (shape.kind) {
        case 'list':
          return `[${ours(shape.items)}]`;
        case 'map':
          return `{${ours(shape.values)}}`;
        case 'type':
          return shape.name;
        case 'text':
          return 'string';
        default:
          return shape.kind;
      }
    };
    const theirs = (schema: JsonSchema): string => {
      if (schema.$ref !== undefined) return schema.$ref.replace('#/definitions/', '');
      if (schema.type === 'array') return `[${theirs(schema.items as JsonSchema)}]`;
      if (schema.type === 'object') return `{${theirs(schema.additionalProperties as JsonSchema)}}`;
      return typeof schema.type === 'string' ? schema.type : 'any';
    };
    expect(differences(({ shape }) => ours(shape), theirs)).toEqual([
      // An integer or a text.
      ['PortForwardResource.port', 'string', 'any'],
      // Read in Skaffold’s code: lists of these types.
      ['RenderConfig.transform', '[Transformer]', 'any'],
      ['RenderConfig.validate', '[Validator]', 'any'],
      // Read in Skaffold’s code: maps in maps.
      ['HelmRelease.setValues', 'flatMap', 'any'],
      ['HelmRelease.setValueTemplates', 'flatMap', 'any'],
    ]);
  });

  it('allows the same values', () => {
    expect(
      differences(
        ({ values }) => values?.join(),
        (schema) => schema.enum?.join(),
      ),
    ).toEqual([
      // Skaffold refuses others when it applies the patch.
      ['JSONPatch.op', 'add,remove,replace,move,copy,test', undefined],
      // A list of options in one text, of which these are examples.
      ['BuildpackVolume.options', undefined, 'ro,rw,volume-opt=<key>=<value>'],
      // Not used, so not checked.
      ['GoogleCloudBuild.logging', undefined, 'LOGGING_UNSPECIFIED,LEGACY,GCS_ONLY'],
      ['GoogleCloudBuild.logStreamingOption', undefined, 'STREAM_DEFAULT,STREAM_ON,STREAM_OFF'],
    ]);
  });

  it('has no default that we lack, except for two', () => {
    const empty = ['[]', '{}'];
    const found = differences(
      (field) => field.default,
      ({ default: text }) => (empty.includes(String(text)) ? undefined : text),
    );
    expect(found.filter(([, , theirs]) => theirs !== undefined)).toEqual([
      // It depends on the builder, so the description of `infer` says it.
      ['Artifact.sync', undefined, 'infer: ["**/*"]'],
      // Skaffold’s code fills in this one.
      ['LogsConfig.prefix', 'container', 'auto'],
    ]);
  });
});
