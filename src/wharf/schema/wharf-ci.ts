/** `.wharf-ci.yml`, as docs/wharf-ci.md describes it and `wharf/config/` checks it. */
import { list, text } from '../../schema/fields.ts';
import type { JsonSchema } from '../../schema/json-schema.ts';
import { notBesideDocker, stepFields } from './step-fields.ts';
import { stepTypes } from './step-types.ts';

const typeNames = Object.keys(stepTypes);

const step: JsonSchema = {
  description: 'A step: exactly one step type, and what Slipway adds beside it.',
  type: 'object',
  properties: { ...stepTypes, ...stepFields },
  additionalProperties: false,
  oneOf: typeNames.map((name) => ({ required: [name] })),
  dependencies: { docker: { properties: Object.fromEntries(notBesideDocker.map((name) => [name, false])) } },
};

/** In any case of letters, and JSON Schema's patterns know no flag for that. */
const anyCase = (word: string) => [...word].map((letter) => `[${letter}${letter.toUpperCase()}]`).join('');
const conditions = ['success', 'fail', 'always'];

const condition: JsonSchema = {
  description:
    'When the stage runs, given how the stages before it ended: success when none failed, fail when one did, always either way. Default: success. run-if means the same.',
  default: 'success',
  anyOf: [{ enum: conditions }, { type: 'string', pattern: `^\\s*(?:${conditions.map(anyCase).join('|')})\\s*$` }],
};

const stageFields = {
  environments: list(
    'The stage runs only with one of these environments selected (--environment). Default: it always runs.',
  ),
  'runs-if': condition,
  'run-if': { ...condition, description: 'The same as runs-if.', doNotSuggest: true },
};

const stage: JsonSchema = {
  description:
    'A stage. Stages run in the order of the file, the steps of a stage at the same time; every key but environments and runs-if is a step.',
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
        'What values it takes. A choice is one of its values; a password is asked for, and kept out of everything that is shown or stored.',
      enum: ['string', 'number', 'choice', 'password'],
    },
    default: {
      description:
        'The value where none is given. Default: "" for a string, 0 for a number; a password without one is asked for. Required for a choice.',
      type: ['string', 'number'],
    },
    values: list('What may be chosen.', { minLength: 0 }, { minItems: 1 }),
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

/** Of an environment, and of a file of variables. */
export const variables: JsonSchema = {
  type: ['object', 'null'],
  additionalProperties: { type: ['string', 'number', 'boolean', 'null'] },
  propertyNames: { minLength: 1 },
};

const reserved: Readonly<Record<string, JsonSchema>> = {
  inputs: {
    description: 'Variables that are given when the pipeline is started: --input name=value.',
    type: ['array', 'null'],
    items: input,
  },
  environments: {
    description: 'Sets of variables, of which --environment NAME selects one.',
    type: ['object', 'null'],
    additionalProperties: { ...variables, description: 'The variables of this environment.' },
    propertyNames: { minLength: 1 },
  },
};

export const wharfCi: JsonSchema = {
  title: 'Pipeline (.wharf-ci.yml)',
  description: 'Every key but inputs and environments is a stage.',
  type: 'object',
  properties: reserved,
  additionalProperties: { $ref: '#/definitions/stage' },
  propertyNames: { minLength: 1 },
  not: { propertyNames: { enum: Object.keys(reserved) } },
  definitions: { stage, step },
};
