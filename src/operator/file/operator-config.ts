/** The operator's `slipway/config.yaml` (docs/operator.md). Nothing in it takes variables. */
import { fields, forms, text } from '../../schema/fields.ts';
import type { JsonSchema } from '../../schema/json-schema.ts';

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
    kubeconfig: path(
      'A kubeconfig; a relative path starts at the folder of this file. Default: the one that kubectl would use.',
    ),
    context: text('Its context. Default: the current one of that kubeconfig.'),
    namespace: text("The namespace where a step names none. Default: the context's."),
  },
  [],
  { type: ['object', 'null'], description: 'A cluster of a kubeconfig.' },
);

const source = fields(
  {
    file: path(
      'A file; the value is what it holds without one line end at its end. A relative path starts at the folder of this file.',
    ),
    environment: text("A variable of Slipway's own environment.", { pattern: '^[^=]*$' }),
    helper: text('A credential helper: the program docker-credential-HELPER, asked for server.', {
      pattern: '^\\w[\\w.-]*$',
    }),
    server: text('What the helper is asked for.'),
    part: {
      description: "Which part of the helper's answer. Default: secret.",
      enum: ['secret', 'username'],
      default: 'secret',
    },
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

const id = (description: string, minimum: number): JsonSchema => ({
  description,
  type: 'integer',
  minimum,
  maximum: 2 ** 31 - 1,
  default: 1000,
});

/** Something with a name, of which Kubernetes knows the rest. */
const namedItem = (more: JsonSchema = {}): JsonSchema => ({
  type: 'object',
  properties: { name: text('Its name.') },
  required: ['name'],
  ...more,
});

const notOurs = (...names: readonly string[]): JsonSchema => ({
  not: { type: 'object', anyOf: names.map((name) => ({ required: [name] })) },
});

const podTemplate = fields(
  {
    metadata: {
      description: 'Labels, annotations.',
      type: ['object', 'null'],
      properties: {
        labels: {
          description: 'By which pods can be found, too.',
          type: ['object', 'null'],
          propertyNames: { pattern: '^(?!slipway\\.dev/)(?!app\\.kubernetes\\.io/(?:managed-by|name|component)$)' },
        },
      },
      ...notOurs('name', 'generateName', 'namespace', 'ownerReferences'),
    },
    spec: {
      description:
        'What Kubernetes takes as the specification of a pod: nodeSelector, tolerations, imagePullSecrets, …',
      type: ['object', 'null'],
      properties: {
        containers: {
          description:
            "step means the step's containers, slipway the one that hands over files, * both; all others run beside the step.",
          type: 'array',
          items: namedItem({
            properties: {
              name: text('Which container is meant.'),
              volumeMounts: {
                description: 'Merged by mountPath.',
                items: {
                  properties: {
                    mountPath: {
                      description: 'Not where the workspace is.',
                      not: { type: 'string', pattern: '^/(?:mnt/repo$|\\.slipway)' },
                    },
                  },
                },
              },
            },
            if: { properties: { name: { enum: ['step', 'slipway', '*'] } } },
            then: notOurs('image', 'imagePullPolicy', 'command', 'args', 'workingDir'),
            else: {
              required: ['image'],
              properties: { name: { description: 'None of ours.', not: { pattern: '^slipway' } } },
            },
          }),
        },
        initContainers: {
          description: 'Run before everything else.',
          type: 'array',
          items: namedItem({
            properties: {
              name: { description: 'Its name.', type: 'string', minLength: 1, not: { enum: ['slipway', 'step', '*'] } },
            },
          }),
        },
        volumes: {
          description: 'Merged by name.',
          type: 'array',
          items: namedItem({
            if: { properties: { name: { pattern: '^(?:workspace|script|mount-\\d+|slipway-.*)$' } } },
            then: {
              properties: {
                name: { description: 'One of ours.', type: 'string' },
                emptyDir: { description: 'With a sizeLimit.' },
              },
              additionalProperties: false,
            },
          }),
        },
      },
      ...notOurs('restartPolicy', 'ephemeralContainers'),
    },
  },
  [],
  {
    description: 'Laid under every pod of a step: node selection, tolerations, pull secrets, resources, anything else.',
    type: ['object', 'null'],
  },
);

const kubernetes = fields(
  {
    helperImage: text(
      "The image of the container that hands files to a step's pod; needs sh and tar. Default: the step's own image.",
    ),
    builder: fields(
      { kind: { description: 'Which command line it has.', enum: ['kaniko', 'buildah'] }, image: text('Its image.') },
      ['kind', 'image'],
      { description: 'What builds the images of docker steps. Default: they are refused on Kubernetes.' },
    ),
    restricted: {
      description:
        'Everything in the pod runs as this user, and so that the restricted Pod Security Standard lets it in; true: as 1000:1000. Default: as the images say.',
      anyOf: [
        { type: 'boolean' },
        fields({
          user: id('The number of the user.', 1),
          group: id('The number of the group, which files belong to as well.', 0),
        }),
      ],
    },
    unschedulableAfter: text('How long a pod may wait for a node. Default: 2m.', { pattern: forms.duration }),
    podTemplate,
  },
  [],
  { description: 'How steps run as pods.', type: ['object', 'null'] },
);

export const operatorConfig: JsonSchema = {
  title: 'Operator (slipway/config.yaml)',
  description: "What names in pipelines mean on this machine. The system's file wins over the user's, entry by entry.",
  ...fields({
    clusters: mapOf('Clusters by the names that pipelines use; default is the one of --on kubernetes.', cluster, {
      properties: {
        default: {
          description:
            'The cluster of --on kubernetes where nothing else says which: another of these by its name, or one of its own.',
          anyOf: [{ type: 'string', minLength: 1 }, cluster],
        },
      },
    }),
    secrets: mapOf('Secrets by the names that pipelines use.', secret),
    serviceAccounts: {
      description: 'The service accounts that a pod may run as.',
      type: 'array',
      items: { type: 'string' },
    },
    certificates: path('A PEM file, or a folder of them: what certificatesMountPath mounts and append-cert adds.'),
    images: {
      description:
        'Images of the tools that steps run, instead of the public ones. One without a tag gets that of the version a step asks for.',
      ...fields({
        kubectl: text('With kubectl in it.'),
        helm: text('With helm in it.'),
        nuget: text('With dotnet in it.'),
      }),
      type: ['object', 'null'],
    },
    kubernetes,
  }),
  type: ['object', 'null'],
};
