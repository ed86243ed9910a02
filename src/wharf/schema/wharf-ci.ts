/** The schema of `.wharf-ci.yml`. docs/wharf-ci.md describes the file and `wharf/config/` checks it. */
import { list, text } from '../../schema/fields.ts';
import type { JsonSchema } from '../../schema/json-schema.ts';
import { notBesideDocker, stepFields } from './step-fields.ts';
import { stepTypes } from './step-types.ts';

const typeNames = Object.keys(stepTypes);

const step: JsonSchema = {
  description: 'A step: exactly one step type, and Slipway’s own fields beside it.',
  type: 'object',
  properties: { ...stepTypes, ...stepFields },
  additionalProperties: false,
  oneOf: typeNames.map((name) => ({ required: [name] })),
  dependencies: { docker: { properties: Object.fromEntries(notBesideDocker.map((name) => [name, false])) } },
};

/** Matches a word in any case. JSON Schema patterns have no flag for that. */
const anyCase = (word: string) => [...word].map((letter) => `[${letter}${letter.toUpperCase()}]`).join('');
const conditions = ['success', 'fail', 'always'];

const condition: JsonSchema = {
  description:
    'When the stage runs: success if no stage before it failed, fail if one failed, always in both cases. Default: success. run-if is an alias.',
  default: 'success',
  anyOf: [{ enum: conditions }, { type: 'string', pattern: `^\\s*(?:${conditions.map(anyCase).join('|')})\\s*$` }],
};

const stageFields = {
  environments: list(
    'The stage runs only if one of these environments is selected (--environment). Default: it always runs.',
  ),
  'runs-if': condition,
  'run-if': { ...condition, description: 'An alias of runs-if.', doNotSuggest: true },
};

const stage: JsonSchema = {
  description:
    'A stage. Stages run in the order of the file. The steps of a stage run in parallel. Every key except environments and runs-if is a step.',
  type: 'object',
  properties: stageFields,
  additionalProperties: { $ref: '#/definitions/step' },
  propertyNames: { minLength: 1 },
  allOf: [{ not: { propertyNames: { enum: Object.keys(stageFields) } } }, { not: { required: ['runs-if', 'run-if'] } }],
};

const typed = (type: string, then: JsonSchema): JsonSchema => ({
  if: { required: ['type'], properties: { type: { const: type } } },
  then,
});
const textDefault: JsonSchema = { properties: { default: { type: 'string' }, values: false } };

const input: JsonSchema = {
  type: 'object',
  properties: {
    name: text('The variable that it defines: ${name}.'),
    type: {
      description:
        'The type of the value. A choice takes one of its values. Slipway asks for a password, and never shows or stores it.',
      enum: ['string', 'number', 'choice', 'password'],
    },
    default: {
      description:
        'The value if none is given. Default: "" for a string, 0 for a number. Slipway asks for a password without a default. Required for a choice.',
      type: ['string', 'number'],
    },
    values: list('The allowed values of a choice.', { minLength: 0 }, { minItems: 1 }),
  },
  required: ['name', 'type'],
  additionalProperties: false,
  allOf: [
    typed('string', textDefault),
    typed('password', textDefault),
    typed('number', { properties: { default: { type: 'number' }, values: false } }),
    typed('choice', { required: ['default', 'values'], properties: { default: { type: 'string' } } }),
  ],
};

/** The variables of an environment or of a variables file. */
export const variables: JsonSchema = {
  type: ['object', 'null'],
  additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
  propertyNames: { minLength: 1 },
};

const reserved: Readonly<Record<string, JsonSchema>> = {
  inputs: {
    description: 'Variables that are set when the pipeline starts: --input name=value.',
    type: ['array', 'null'],
    items: input,
  },
  environments: {
    description: 'Sets of variables. --environment NAME selects one.',
    type: ['object', 'null'],
    additionalProperties: { ...variables, description: 'The variables of this environment.' },
    propertyNames: { minLength: 1 },
  },
};

export const wharfCi: JsonSchema = {
  title: 'Pipeline (.wharf-ci.yml)',
  description: 'Every key except inputs and environments is a stage.',
  type: 'object',
  properties: reserved,
  additionalProperties: { $ref: '#/definitions/stage' },
  propertyNames: { minLength: 1 },
  not: { propertyNames: { enum: Object.keys(reserved) } },
  definitions: { stage, step },
};
