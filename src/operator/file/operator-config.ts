/** The schema of the operator's `slipway/config.yaml` (docs/operator.md). The file does not support variables. */
import { fields, forms, text } from '../../schema/fields.ts';
import type { JsonSchema } from '../../schema/json-schema.ts';

const mapOf = (description: string, item: JsonSchema, more: JsonSchema = {}): JsonSchema => ({
  description,
  type: ['object', 'null'],
  additionalProperties: item,
  propertyNames: { minLength: 1 },
  ...more,
});

/** A path. Relative paths start at the folder of the file, `~/` at the user's home. */
const path = (description: string): JsonSchema => text(description, { pattern: '^(?!.*\\$\\{[^}]*\\})' });

const cluster = fields(
  {
    kubeconfig: path('A kubeconfig. A relative path starts at the folder of this file. Default: kubectl’s kubeconfig.'),
    context: text('Its context. Default: its current context.'),
    namespace: text("The namespace of steps that name none. Default: the context's namespace."),
  },
  [],
  { type: ['object', 'null'], description: 'A cluster of a kubeconfig.' },
);

const source = fields(
  {
    file: path(
      'A file. The value is its content without one newline at the end. A relative path starts at the folder of this file.',
    ),
    environment: text("An environment variable of Slipway's process.", { pattern: '^[^=]*$' }),
    helper: text('A credential helper: the program docker-credential-HELPER, called with server.', {
      pattern: '^\\w[\\w.-]*$',
    }),
    server: text('The server to pass to the helper.'),
    part: {
      description: "The field of the helper's response. Default: secret.",
      enum: ['secret', 'username'],
      default: 'secret',
    },
  },
  [],
  {
    description: "The source of this key's value.",
    oneOf: [{ required: ['file'] }, { required: ['environment'] }, { required: ['helper'] }],
    dependencies: { helper: ['server'], server: ['helper'], part: ['helper'] },
  },
);

const secret: JsonSchema = {
  description: 'A map from keys to their sources, or the name of a Kubernetes Secret.',
  type: 'object',
  anyOf: [
    fields({ kubernetes: text('A Kubernetes Secret. Only steps on Kubernetes can use it.') }, ['kubernetes']),
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

/** An item with a name. Kubernetes validates the other fields. */
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
          description: 'Additional labels.',
          type: ['object', 'null'],
          propertyNames: { pattern: '^(?!slipway\\.dev/)(?!app\\.kubernetes\\.io/(?:managed-by|name|component)$)' },
        },
      },
      ...notOurs('name', 'generateName', 'namespace', 'ownerReferences'),
    },
    spec: {
      description: 'A Kubernetes PodSpec: nodeSelector, tolerations, imagePullSecrets, …',
      type: ['object', 'null'],
      properties: {
        containers: {
          description:
            "step means the step's container, slipway the helper that transfers files, and * both. All others run beside the step.",
          type: 'array',
          items: namedItem({
            properties: {
              name: text('The name of the container.'),
              volumeMounts: {
                description: 'Merged by mountPath.',
                items: {
                  properties: {
                    mountPath: {
                      description: 'Must not be the path of the workspace.',
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
              properties: {
                name: { description: 'Must not be a name of Slipway’s own volumes.', not: { pattern: '^slipway' } },
              },
            },
          }),
        },
        initContainers: {
          description: 'Containers that run before all others.',
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
                name: { description: 'One of Slipway’s own volumes.', type: 'string' },
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
    description:
      'Merged into every pod of a step: node selection, tolerations, pull secrets, resources, and anything else.',
    type: ['object', 'null'],
  },
);

const kubernetes = fields(
  {
    helperImage: text(
      "The image of the helper container, which transfers files to and from a step's pod. It needs sh and tar. Default: the step's own image.",
    ),
    builder: fields(
      { kind: { description: "The builder's command line.", enum: ['kaniko', 'buildah'] }, image: text('Its image.') },
      ['kind', 'image'],
      { description: 'What builds the images of docker steps. Default: such steps are rejected on Kubernetes.' },
    ),
    restricted: {
      description:
        'The whole pod runs as this user, in the way that the restricted Pod Security Standard requires. true means 1000:1000. Default: the users of the images.',
      anyOf: [
        { type: 'boolean' },
        fields({
          user: id('The user id.', 1),
          group: id('The group id, also of files.', 0),
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
  description:
    "Maps names in pipelines to resources of this machine. Entries of the system's file override those of the user's file.",
  ...fields({
    clusters: mapOf('Clusters by the names that pipelines use. default is the cluster of --on kubernetes.', cluster, {
      properties: {
        default: {
          description:
            'The cluster of --on kubernetes if nothing else names one: the name of another cluster, or a cluster of its own.',
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
    certificates: path(
      'A PEM file or a folder of PEM files. certificatesMountPath mounts them and append-cert adds them.',
    ),
    images: {
      description:
        'Images of the tools that steps run, instead of the public ones. An image without a tag gets the version in the step.',
      ...fields({
        kubectl: text('An image that contains kubectl.'),
        helm: text('An image that contains helm.'),
        nuget: text('An image that contains dotnet.'),
      }),
      type: ['object', 'null'],
    },
    kubernetes,
  }),
  type: ['object', 'null'],
};
