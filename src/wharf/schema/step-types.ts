/** The fields of the six step types (docs/wharf-ci.md). */
import { anyText, fields, flag, forms, list, mapOfScalars, text } from '../../schema/fields.ts';
import type { JsonSchema } from '../../schema/json-schema.ts';

const cluster = text(
  "The cluster, by its name in the operator's file. Default: kubectl-config if mapped there, else the cluster of --kube-context.",
  {
    pattern: '^[^-]',
  },
);

const chartLogin = anyText(
  "The login to the chart's registry: a secret of the operator's file with a key config.json. Default: ${HELM_REG_SECRET}, if defined.",
);

const container = fields(
  {
    image: text('The image that the commands run in.', { examples: ['alpine:3', 'node:22-alpine'] }),
    cmds: list(
      'Commands. One shell runs them in order in the root of the workspace. The step ends at the first failure. An undefined ${name} is left to the shell.',
      { minLength: 0 },
      { minItems: 1, examples: [['make test']] },
    ),
    shell: text('The shell that runs the commands: a path or a name in the image. Default: /bin/sh.', {
      default: '/bin/sh',
      examples: ['/bin/bash'],
    }),
    os: text('The operating system of the image. Only linux is supported. Default: linux.', {
      default: 'linux',
      pattern: '^[lL][iI][nN][uU][xX]$|\\$\\{',
    }),
    secretName: text("A secret of the operator's file. Its keys become environment variables. Default: none."),
    serviceAccount: text(
      "On Kubernetes: the pod's service account. The operator's file must allow it. Default: the namespace's default account.",
    ),
    certificatesMountPath: text("The mount path of the operator's certificates. Default: not mounted.", {
      pattern: forms.absolutePath,
    }),
  },
  ['image', 'cmds'],
  { description: 'Runs commands with a shell in an image.' },
);

const docker = fields(
  {
    file: text('The Dockerfile, relative to the root of the workspace.', {
      pattern: forms.pathInside,
      examples: ['Dockerfile'],
    }),
    tag: text('One tag, or several separated by commas.', {
      examples: ['latest', '${GIT_SAFEBRANCH}', '${GIT_TAG},latest'],
    }),
    context: anyText(
      'The build context, relative to the root of the workspace. Default: the whole workspace except .dockerignore.',
      { pattern: forms.pathInside },
    ),
    destination: text(
      'The image name without a tag. If set, registry, group and name are ignored. Default: REGISTRY/GROUP/REPO_NAME, followed by /NAME if NAME differs from REPO_NAME.',
    ),
    registry: text('The first part of the default destination: a host without https://. Default: ${REG_URL}.', {
      default: '${REG_URL}',
    }),
    group: text('The second part of the default destination. Default: ${REPO_GROUP}.', { default: '${REPO_GROUP}' }),
    name: text('The last part of the default destination. Default: the name of the step.'),
    push: flag('Whether to push the image to its registry. Default: true.', true),
    args: list(
      'Build arguments, each NAME=value or NAME. The image history contains them, so use secretArgs for secrets. Default: none.',
      { pattern: forms.argument },
      {
        examples: [['VERSION=${GIT_TAG}']],
      },
    ),
    secretName: text("A secret of the operator's file that contains the values of secretArgs."),
    secretArgs: list(
      'Secrets for RUN --mount=type=secret,id=NAME in the Dockerfile, each NAME=key with a key of the secret in secretName. Default: none.',
      { pattern: forms.secretArgument },
      {
        examples: [['NPM_TOKEN=token']],
      },
    ),
    secret: anyText(
      'The login to push with: a secret of the operator\'s file with the key .dockerconfigjson, or username and password. "" means none. Default: ${REG_SECRET} if defined, else gitlab-registry if mapped, else your own logins.',
    ),
    'append-cert': flag(
      'Whether to add the operator\'s certificates to the trusted ones of the image. Default: true if the group starts with "default", else false.',
    ),
  },
  ['file', 'tag'],
  {
    description: 'Builds an image from a Dockerfile and pushes it.',
    dependencies: { secretArgs: ['secretName'], secretName: ['secretArgs'] },
  },
);

const helm = fields(
  {
    chart: text(
      'The chart: a name in the repository, a folder of the workspace (./chart), or an OCI reference (oci://…).',
      { pattern: '^[^-]' },
    ),
    name: text('The name of the release.', { pattern: forms.releaseName }),
    namespace: text('The namespace to install into.', { pattern: forms.namespace }),
    repo: anyText(
      'The URL of the chart repository. stage and stable mean the archived stable charts. Default: ${CHART_REPO}/${REPO_GROUP}, or none if the chart is a folder or an OCI reference.',
      { anyOf: [{ enum: ['', 'stage', 'stable'] }, { pattern: forms.repository }] },
    ),
    set: mapOfScalars('Chart values, as for --set. Default: none.', { propertyNames: { minLength: 1 } }),
    files: list(
      'Values files, relative to the root of the workspace. Variables in them are substituted. Later files override earlier ones. Default: none.',
      {
        pattern: forms.pathInside,
      },
    ),
    chartVersion: anyText('The version of the chart. Default: the newest.', { pattern: '^(?!-)' }),
    helmVersion: text(
      "The version of Helm, 3 or later: the tag of its image. Default: the tag of the operator's image, or a recent version.",
      { pattern: '^(?!v?2(?:\\.|$))', examples: ['v3.14.0'] },
    ),
    cluster,
    secret: chartLogin,
  },
  ['chart', 'name', 'namespace'],
  { description: 'Installs or upgrades a release of a Helm chart.' },
);

const helmPackage = fields(
  {
    'chart-path': anyText("The chart's folder, relative to the root of the workspace. Default: the root itself.", {
      pattern: forms.pathInside,
    }),
    version: anyText("The version of the package. Default: the chart's version.", { pattern: '^(?!-)' }),
    destination: text('The registry or repository to push to. Default: ${CHART_REPO}/${REPO_GROUP}.', {
      default: '${CHART_REPO}/${REPO_GROUP}',
      pattern: '^[^-]',
    }),
    secret: chartLogin,
  },
  [],
  { type: ['object', 'null'], description: 'Packages a Helm chart and pushes it.' },
);

const kubectl = fields(
  {
    file: text(
      'A manifest or a folder of manifests, relative to the root of the workspace. Variables in it are substituted.',
      {
        pattern: forms.pathInside,
      },
    ),
    files: list('Several manifests or folders. If file is set too, it comes last.', { pattern: forms.pathInside }),
    action: text('The kubectl command. Default: apply.', {
      default: 'apply',
      examples: ['apply', 'delete', 'create', 'replace'],
      pattern: forms.verb,
    }),
    namespace: text('The namespace. Default: the namespace of the manifests, else of the cluster.', {
      pattern: forms.namespace,
    }),
    force: flag(
      'Whether to pass --force, which deletes and recreates objects that cannot be updated. Default: false.',
      false,
    ),
    cluster,
  },
  [],
  {
    description: 'Applies manifests to a cluster.',
    anyOf: [{ required: ['file'] }, { required: ['files'], properties: { files: { minItems: 1 } } }],
  },
);

const nugetPackage = fields(
  {
    version: text('The version of the package.', { pattern: '^[^-]' }),
    'project-path': text('The project file or its folder, relative to the root of the workspace.', {
      pattern: forms.pathInside,
    }),
    repo: text('The URL of the feed to push to.'),
    'skip-duplicate': flag('Whether to ignore a version that already exists. Default: false.', false),
    certificatesMountPath: text("The mount path of the operator's certificates. Default: not mounted.", {
      pattern: forms.absolutePath,
    }),
  },
  ['version', 'project-path', 'repo'],
  { description: 'Packs a .NET project and pushes it to a NuGet feed.' },
);

export const stepTypes: Readonly<Record<string, JsonSchema>> = {
  container,
  docker,
  helm,
  'helm-package': helmPackage,
  kubectl,
  'nuget-package': nugetPackage,
};
