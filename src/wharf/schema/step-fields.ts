/** What any step may have beside its type (docs/wharf-ci.md, "Steps"). None but `env` takes variables. */
import { forms, list, mapOfScalars, text } from '../../schema/fields.ts';
import type { JsonSchema } from '../../schema/json-schema.ts';

export const stepFields: Readonly<Record<string, JsonSchema>> = {
  timeout: text('The longest that one attempt may take: a number with ms, s, m or h. Default: none. At most 500h.', {
    pattern: forms.duration,
    examples: ['30s', '10m', '2h'],
  }),
  retries: {
    description: 'Further attempts after one that failed. Default: 0.',
    type: 'integer',
    minimum: 0,
    maximum: 100,
    default: 0,
  },
  'allow-failure': {
    description: 'When true a failure stays visible on the step, but its stage goes on and succeeds. Default: false.',
    type: 'boolean',
    default: false,
  },
  artifacts: list(
    'Globs of files that are kept with the run, and laid over the workspace of all later stages. Default: none.',
    { pattern: forms.plainPathInside },
    { examples: [['dist/**']] },
  ),
  cache: list(
    'Files or folders that are kept between runs of the project, each a path without wildcards. Default: none.',
    { pattern: forms.cachePath },
    { examples: [['.npm']] },
  ),
  env: mapOfScalars(
    'Environment variables of the step. Numbers and booleans are handed over as they are written; ${name} is filled in. Default: none.',
    {
      propertyNames: { minLength: 1, pattern: '^[^=]*$' },
    },
  ),
  memory: text(
    'The most memory that the step may use: a number with k, M, G, T, Ki, Mi, Gi or Ti. Default: none. At least 6Mi.',
    { pattern: forms.size, examples: ['512Mi', '2Gi'] },
  ),
};

/** The work of a `docker` step is the engine's own, so none of these would do anything. */
export const notBesideDocker = ['env', 'memory', 'artifacts', 'cache'] as const;
