/** The operator's `slipway/config.yaml` (docs/operator.md). Nothing in it takes variables. */
import { fields, text } from './fields.ts';
import type { JsonSchema } from './json-schema.ts';

const mapOf = (description: string, item: JsonSchema, more: JsonSchema = {}): JsonSchema => ({
  description,
  type: ['object', 'null'],
  additionalProperties: item,
  propertyNames: { minLength: 1 },
  ...more,
});

/** Relative ones start at the folder of this file, `~/` at the user's home. */
const path = (description: string): JsonSchema => text(description, { pattern: '^(?!.*\\$\\{[^}]*\\})' });

const cluster = fields(
  {
    kubeconfig: path('A kubeconfig; a relative path starts at the folder of this file. Default: the one that kubectl would use.'),
    context: text('Its context. Default: the current one of that kubeconfig.'),
    namespace: text("The namespace where a step names none. Default: the context's."),
  },
  [],
  { type: ['object', 'null'], description: 'A cluster of a kubeconfig.' },
);

const source = fields(
  {
    file: path('A file; the value is what it holds without one line end at its end. A relative path starts at the folder of this file.'),
    environment: text("A variable of Slipway's own environment.", { pattern: '^[^=]*$' }),
    helper: text('A credential helper: the program docker-credential-HELPER, asked for server.', { pattern: '^\\w[\\w.-]*$' }),
    server: text('What the helper is asked for.'),
    part: { description: "Which part of the helper's answer. Default: secret.", enum: ['secret', 'username'], default: 'secret' },
  },
  [],
  {
    description: 'Where the value of this key is.',
    oneOf: [{ required: ['file'] }, { required: ['environment'] }, { required: ['helper'] }],
    dependencies: { helper: ['server'], server: ['helper'], part: ['helper'] },
  },
);

const secret: JsonSchema = {
  description: 'A map from keys to where their values are, or the name of a Secret of Kubernetes.',
  type: 'object',
  anyOf: [
    fields({ kubernetes: text('A Secret of Kubernetes; only steps on Kubernetes can use it.') }, ['kubernetes']),
    { additionalProperties: source, propertyNames: { minLength: 1, pattern: '^[^=]*$' }, minProperties: 1 },
  ],
};

export const operatorConfig: JsonSchema = {
  title: 'Operator (slipway/config.yaml)',
  description: "What names in pipelines mean on this machine. The system's file wins over the user's, entry by entry.",
  ...fields({
    clusters: mapOf('Clusters by the names that pipelines use; default is the one of --on kubernetes.', cluster, {
      properties: { default: { description: 'The cluster of --on kubernetes where nothing else says which: another of these by its name, or one of its own.', anyOf: [{ type: 'string', minLength: 1 }, cluster] } },
    }),
    secrets: mapOf('Secrets by the names that pipelines use.', secret),
    serviceAccounts: { description: 'The service accounts that a pod may run as.', type: 'array', items: { type: 'string' } },
    certificates: path('A PEM file, or a folder of them: what certificatesMountPath mounts and append-cert adds.'),
    images: {
      description: 'Images of the tools that steps run, instead of the public ones. One without a tag gets that of the version a step asks for.',
      ...fields({ kubectl: text('With kubectl in it.'), helm: text('With helm in it.'), nuget: text('With dotnet in it.') }),
      type: ['object', 'null'],
    },
  }),
  type: ['object', 'null'],
};
