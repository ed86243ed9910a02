/** The schema of `skaffold.yaml` in its newest version, for editors. Every part of it comes from the types. */
import type { JsonSchema } from '../../schema/json-schema.ts';
import { rootType, type Field, type Shape, type TypeShape, type TypeShapes } from '../config/shape/shape.ts';
import { newestTypes, newestVersion } from './newest-types.ts';

/** A key with nothing after it equals an absent one, so every value may be null. */
const nullable = (type: 'object' | 'array' | 'boolean' | 'integer') => [type, 'null'] as const;

/**
 * Any scalar: `1.20` and `true` are texts too. Not a list of types, since editors would suggest `true` and `null` for every
 * text.
 */
const anyScalar: JsonSchema = { anyOf: [{ type: 'string' }, { not: { type: ['object', 'array'] } }] };
const nothing: JsonSchema = { type: ['string', 'null'], pattern: '^$' };

/** Go's YAML library takes these words of YAML 1.1 for booleans. */
const oldBoolean = '^(?:y|Y|yes|on|n|N|no|off)$';
const anyBoolean: JsonSchema = {
  anyOf: [{ type: nullable('boolean') }, { type: 'string', pattern: oldBoolean }],
};

function ofShape(shape: Shape): JsonSchema {
  switch (shape.kind) {
    case 'text':
      return { $ref: '#/definitions/text' };
    case 'boolean':
      return { $ref: '#/definitions/boolean' };
    case 'integer':
      return { type: ['number', 'null'] };
    case 'list':
      return { type: nullable('array'), items: ofShape(shape.items) };
    case 'map':
      return { type: nullable('object'), additionalProperties: ofShape(shape.values) };
    case 'flatMap':
      return { type: nullable('object') };
    case 'type':
      return { $ref: `#/definitions/${shape.name}` };
    case 'any':
      return {};
  }
}

/** Beside a reference there are only annotations: draft 7 ignores what is there, and editors show it. */
function ofField({ description, shape, values, examples, default: fallback }: Field): JsonSchema {
  const said = fallback === undefined ? description : `${description} Default: \`${fallback}\`.`;
  return {
    ...(said !== undefined && { description: said }),
    ...(fallback !== undefined && { default: defaultValue(fallback, shape) }),
    ...(values ? { anyOf: [{ enum: values }, nothing] } : withExamples(ofShape(shape), examples)),
  };
}

function defaultValue(text: string, shape: Shape): unknown {
  return shape.kind === 'text' ? text.replace(/^""$/, '') : JSON.parse(text);
}

function withExamples(schema: JsonSchema, examples: readonly string[] | undefined): JsonSchema {
  if (!examples) return schema;
  return typeof schema.items === 'object'
    ? { ...schema, items: { ...schema.items, examples } }
    : { ...schema, examples };
}

function ofType({ fields }: TypeShape): JsonSchema {
  const required = Object.keys(fields).filter((name) => fields[name]?.required);
  const exclusions = exclusionsOf(fields);
  return {
    type: nullable('object'),
    properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, ofField(field)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
    ...(Object.keys(exclusions).length > 0 && { dependencies: exclusions }),
  };
}

/**
 * Returns for each field the fields that it excludes. Editors mark exactly those, and still suggest every field while none is
 * there.
 */
function exclusionsOf(fields: TypeShape['fields']): Record<string, JsonSchema> {
  const names = Object.keys(fields);
  const exclusions: Record<string, JsonSchema> = {};
  for (const name of names) {
    const group = fields[name]?.oneOf;
    const others = names.filter((other) => other !== name && group !== undefined && fields[other]?.oneOf === group);
    if (others.length > 0) exclusions[name] = { properties: Object.fromEntries(others.map((other) => [other, false])) };
  }
  return exclusions;
}

/** @param types with `rootType` */
function schemaOf(types: TypeShapes): JsonSchema {
  const { [rootType]: root, ...others } = types;
  if (!root) throw new Error(`no type ${rootType}`);
  const whole = ofType(root);
  return {
    ...whole,
    type: 'object',
    properties: {
      ...whole.properties,
      apiVersion: {
        description: `The version of the file format. This schema describes \`skaffold/${newestVersion}\`. Slipway reads every older version too.`,
        default: `skaffold/${newestVersion}`,
        type: 'string',
        pattern: '^skaffold/v[1-4](?:(?:alpha|beta)[1-9]\\d*)?$',
      },
    },
    // Keys for anchors, which no one reads.
    patternProperties: { '^\\.': true },
    definitions: {
      text: anyScalar,
      boolean: anyBoolean,
      ...Object.fromEntries(Object.entries(others).map(([name, type]) => [name, ofType(type)])),
    },
  };
}

export const skaffoldConfig: JsonSchema = {
  title: 'Configuration (skaffold.yaml)',
  description: 'What is built, tested and deployed, and how.',
  ...schemaOf(newestTypes),
};
