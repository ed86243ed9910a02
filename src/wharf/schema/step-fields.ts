/** The fields that every step may have beside its type (docs/wharf-ci.md, "Steps"). Only `env` supports variables. */
import { forms, list, mapOfScalars, text } from '../../schema/fields.ts';
import type { JsonSchema } from '../../schema/json-schema.ts';

export const stepFields: Readonly<Record<string, JsonSchema>> = {
  timeout: text('The maximum duration of one attempt: a number with ms, s, m or h. Default: none. At most 500h.', {
    pattern: forms.duration,
    examples: ['30s', '10m', '2h'],
  }),
  retries: {
    description: 'How often a failed step is retried. Default: 0.',
    type: 'integer',
    minimum: 0,
    maximum: 100,
    default: 0,
  },
  'allow-failure': {
    description: 'If true, a failure is shown on the step, but its stage continues and succeeds. Default: false.',
    type: 'boolean',
    default: false,
  },
  artifacts: list(
    'Globs of files that Slipway stores with the run and adds to the workspace of all later stages. Default: none.',
    { pattern: forms.plainPathInside },
    { examples: [['dist/**']] },
  ),
  cache: list(
    'Files or folders that Slipway keeps between runs of the project. Each is a path without wildcards. Default: none.',
    { pattern: forms.cachePath },
    { examples: [['.npm']] },
  ),
  env: mapOfScalars(
    'Environment variables of the step. Numbers and booleans keep their text as written. ${name} is substituted. Default: none.',
    {
      propertyNames: { minLength: 1, pattern: '^[^=]*$' },
    },
  ),
  memory: text(
    'The memory limit of the step: a number with k, M, G, T, Ki, Mi, Gi or Ti. Default: none. At least 6Mi.',
    { pattern: forms.size, examples: ['512Mi', '2Gi'] },
  ),
};

/** The container engine runs a `docker` step, so these fields have no effect on it. */
export const notBesideDocker = ['env', 'memory', 'artifacts', 'cache'] as const;
