/** The fields of the six step types (docs/wharf-ci.md). */
import { anyText, fields, flag, forms, list, mapOfScalars, text } from '../../schema/fields.ts';
import type { JsonSchema } from '../../schema/json-schema.ts';

const cluster = text(
  "The cluster, by its name in the operator's file. Default: kubectl-config if that is mapped there, else the one of --kube-context.",
  {
    pattern: '^[^-]',
  },
);

const chartLogin = anyText(
  "The login to the chart's registry: a secret of the operator's file with a key config.json. Default: ${HELM_REG_SECRET}, where it is defined.",
);

const container = fields(
  {
    image: text('The image that the commands run in.', { examples: ['alpine:3', 'node:22-alpine'] }),
    cmds: list(
      'Commands, run in order by one shell in the root of the workspace; the first that fails ends the step. A ${name} that no variable defines is left to the shell.',
      { minLength: 0 },
      { minItems: 1, examples: [['make test']] },
    ),
    shell: text('The shell that runs the commands: a path or a name in the image. Default: /bin/sh.', {
      default: '/bin/sh',
      examples: ['/bin/bash'],
    }),
    os: text('The operating system of the image. Only linux can be run. Default: linux.', {
      default: 'linux',
      pattern: '^[lL][iI][nN][uU][xX]$|\\$\\{',
    }),
    secretName: text("A secret of the operator's file; its keys become environment variables. Default: none."),
    serviceAccount: text(
      "On Kubernetes: the account that the pod runs as, if the operator's file allows it. Default: the namespace's own.",
    ),
    certificatesMountPath: text("Where the certificates of the operator's file are mounted. Default: nowhere.", {
      pattern: forms.absolutePath,
    }),
  },
  ['image', 'cmds'],
  { description: 'Commands, run by a shell in an image.' },
);

const docker = fields(
  {
    file: text('The Dockerfile, from the root of the workspace.', {
      pattern: forms.pathInside,
      examples: ['Dockerfile'],
    }),
    tag: text('One tag, or several between commas.', {
      examples: ['latest', '${GIT_SAFEBRANCH}', '${GIT_TAG},latest'],
    }),
    context: anyText(
      'The folder that the build sees, from the root of the workspace. Default: all of it, without what .dockerignore names.',
      { pattern: forms.pathInside },
    ),
    destination: text(
      'The name of the image without its tag; registry, group and name are not looked at then. Default: REGISTRY/GROUP/REPO_NAME, with /NAME behind it where that is another one.',
    ),
    registry: text('The first part of the default destination, a host without https://. Default: ${REG_URL}.', {
      default: '${REG_URL}',
    }),
    group: text('The second part of the default destination. Default: ${REPO_GROUP}.', { default: '${REPO_GROUP}' }),
    name: text('The last part of the default destination. Default: the name of the step.'),
    push: flag('Whether the image is pushed to its registry. Default: true.', true),
    args: list(
      'Build arguments, NAME=value or NAME each. They stay in the history of the image: what is secret goes into secretArgs. Default: none.',
      { pattern: forms.argument },
      {
        examples: [['VERSION=${GIT_TAG}']],
      },
    ),
    secretName: text("A secret of the operator's file, which has the values of secretArgs."),
    secretArgs: list(
      'Secrets for RUN --mount=type=secret,id=NAME in the Dockerfile, NAME=key each: a key of the secret that secretName names. Default: none.',
      { pattern: forms.secretArgument },
      {
        examples: [['NPM_TOKEN=token']],
      },
    ),
    secret: anyText(
      'Who pushes: a secret of the operator\'s file with a key .dockerconfigjson, or username and password; "" for nobody. Default: ${REG_SECRET}, where it is defined, else gitlab-registry, if that is mapped, else your own logins.',
    ),
    'append-cert': flag(
      'Whether the certificates of the operator\'s file are added to those that the image trusts. Default: true where the group begins with "default", else false.',
    ),
  },
  ['file', 'tag'],
  {
    description: 'Builds an image from a Dockerfile, and pushes it.',
    dependencies: { secretArgs: ['secretName'], secretName: ['secretArgs'] },
  },
);

const helm = fields(
  {
    chart: text(
      'The chart: a name in the repository, a folder of the workspace (./chart) or an OCI reference (oci://…).',
      { pattern: '^[^-]' },
    ),
    name: text('The name of the release.', { pattern: forms.releaseName }),
    namespace: text('The namespace that it is installed in.', { pattern: forms.namespace }),
    repo: anyText(
      'The address of the repository that has the chart. stage and stable mean the stable charts of old. Default: ${CHART_REPO}/${REPO_GROUP}; none where the chart is a folder or an OCI reference.',
      { anyOf: [{ enum: ['', 'stage', 'stable'] }, { pattern: forms.repository }] },
    ),
    set: mapOfScalars('Values of the chart, as --set has them. Default: none.', { propertyNames: { minLength: 1 } }),
    files: list('Values files from the root of the workspace, with variables in them; later ones win. Default: none.', {
      pattern: forms.pathInside,
    }),
    chartVersion: anyText('The version of the chart. Default: the newest.', { pattern: '^(?!-)' }),
    helmVersion: text(
      "The version of Helm, 3 or later: the tag of its image. Default: that of the operator's image, or a recent one.",
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
    'chart-path': anyText("The chart's folder, from the root of the workspace. Default: the root itself.", {
      pattern: forms.pathInside,
    }),
    version: anyText("The version that the package gets. Default: the chart's own.", { pattern: '^(?!-)' }),
    destination: text('Where it is pushed. Default: ${CHART_REPO}/${REPO_GROUP}.', {
      default: '${CHART_REPO}/${REPO_GROUP}',
      pattern: '^[^-]',
    }),
    secret: chartLogin,
  },
  [],
  { type: ['object', 'null'], description: 'Packs a Helm chart and pushes it.' },
);

const kubectl = fields(
  {
    file: text('A manifest, or a folder of manifests, from the root of the workspace, with variables in it.', {
      pattern: forms.pathInside,
    }),
    files: list('Several of them; where both are given, file comes last.', { pattern: forms.pathInside }),
    action: text('What is done with them. Default: apply.', {
      default: 'apply',
      examples: ['apply', 'delete', 'create', 'replace'],
      pattern: forms.verb,
    }),
    namespace: text('The namespace. Default: that of the manifests, else of the cluster.', {
      pattern: forms.namespace,
    }),
    force: flag('Whether --force is added: what cannot be changed is deleted and made again. Default: false.', false),
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
    'project-path': text('The project, or its folder, from the root of the workspace.', { pattern: forms.pathInside }),
    repo: text('The address of the feed that it is pushed to.'),
    'skip-duplicate': flag('Whether a version that is there already is no failure. Default: false.', false),
    certificatesMountPath: text("Where the certificates of the operator's file are mounted. Default: nowhere.", {
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
