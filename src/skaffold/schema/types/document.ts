/** The document itself, its profiles, and the configurations that it requires. */
import { any, textOrInteger, type Field, type TypeShapes } from '../../config/shape/shape.ts';
import {
  textField,
  optionalFlag,
  flag,
  optionalSection,
  section,
  sectionList,
  path,
  pointer,
  required,
  textMap,
  textList,
  unused,
  integerField,
} from './fields.ts';

/** The sections that a document and each of its profiles have. */
const pipeline: Readonly<Record<string, Field>> = {
  build: section('BuildConfig', 'Which images are built, how, and with which tags.'),
  test: sectionList('TestCase', 'Tests of built images. They run before the images are deployed.'),
  manifests: section('RenderConfig', 'Where the Kubernetes manifests come from: files, kustomizations, Helm charts.'),
  deploy: section('DeployConfig', 'How manifests, charts and containers are deployed.'),
  portForward: sectionList('PortForwardResource', 'Ports of the cluster that are forwarded to this machine.'),
  resourceSelector: section(
    'ResourceSelectorConfig',
    'Kinds of Kubernetes objects, besides the built-in ones, in which image names and labels are filled in.',
  ),
  verify: sectionList('VerifyTestCase', 'Containers that test what was deployed. `verify` runs them.'),
  customActions: sectionList('Action', 'Groups of containers that run on request, by name.'),
};

export const documentTypes: TypeShapes = {
  SkaffoldConfig: {
    label: 'a configuration',
    fields: {
      apiVersion: textField('The version of the file format, such as `skaffold/v4beta14`.', required),
      kind: textField('Always `Config`.', { ...required, default: 'Config', examples: ['Config'] }),
      metadata: section('Metadata', 'The name, labels and annotations of this configuration.'),
      requires: sectionList('ConfigDependency', 'Other configurations that are built and deployed before this one.'),
      ...pipeline,
      profiles: sectionList(
        'Profile',
        'Named variants of this configuration. `--profile` or an activation selects them.',
      ),
    },
  },
  Metadata: {
    label: 'metadata',
    fields: {
      name: textField('The name of this configuration. `--module` and `requires` refer to it.'),
      labels: textMap('Labels of this configuration, for tools that read the file.'),
      annotations: textMap('Annotations of this configuration, for tools that read the file.'),
    },
  },
  Profile: {
    label: 'a profile',
    fields: {
      name: textField('The name of the profile, unique in this configuration.', required),
      activation: sectionList('Activation', 'Conditions that select the profile by themselves. One of them is enough.'),
      requiresAllActivations: flag('Whether all entries of `activation` must apply instead of one.'),
      patches: sectionList('JSONPatch', 'Changes of single places, applied after the sections of the profile.'),
      ...pipeline,
    },
  },
  Activation: {
    label: 'an activation',
    fields: {
      env: textField(
        'An environment variable and a regular expression for its value: `NAME=pattern`. A leading `!` in the pattern negates it. An empty pattern matches only an empty or missing variable.',
      ),
      kubeContext: textField('A regular expression for the name of the Kubernetes context. A leading `!` negates it.'),
      command: textField('A regular expression for the command, such as `dev`. A leading `!` negates it.', {
        examples: ['dev', 'debug', 'run', 'build', 'test', 'render', 'deploy', 'verify', 'delete'],
      }),
    },
  },
  JSONPatch: {
    label: 'a patch',
    fields: {
      op: textField('What to do at `path`. `move` and `copy` take the value from `from`.', {
        default: 'replace',
        values: ['add', 'remove', 'replace', 'move', 'copy', 'test'],
      }),
      path: textField('The place, as a JSON pointer: `/build/artifacts/0/docker/dockerfile`.', required),
      from: textField('The place that `move` and `copy` read, as a JSON pointer.'),
      value: { shape: any, description: 'The new value, or the value to compare with: any YAML.', ...pointer },
    },
  },
  ConfigDependency: {
    label: 'a required configuration',
    fields: {
      configs: textList('Names of the configurations in that file. Without names all of them are required.'),
      path: textField('A configuration file, or the folder of a `skaffold.yaml`.', { ...path, oneOf: 'paths' }),
      git: optionalSection('GitInfo', 'A Git repository that has the configuration file.', { oneOf: 'paths' }),
      googleCloudStorage: optionalSection(
        'GoogleCloudStorageInfo',
        unused('A configuration file in Google Cloud Storage.', 'Use `git` or `path` instead.'),
        { oneOf: 'paths' },
      ),
      googleCloudBuildRepoV2: optionalSection(
        'GoogleCloudBuildRepoV2Info',
        unused('A repository that is connected to Google Cloud Build.', 'Use `git` instead.'),
        { oneOf: 'paths' },
      ),
      activeProfiles: sectionList(
        'ProfileDependency',
        'Profiles of the required configurations that are selected there.',
      ),
    },
  },
  GitInfo: {
    label: 'a Git repository',
    fields: {
      repo: textField('The URL of the repository.', required),
      path: textField('The configuration file, relative to the root of the repository.'),
      ref: textField('The branch, tag or commit to check out.'),
      sync: optionalFlag('Whether to update the local copy on each use. `false` keeps local changes in it.'),
    },
  },
  GoogleCloudStorageInfo: {
    label: 'Google Cloud Storage',
    fields: {
      source: textField(unused('The objects to copy, as a `gs://` URL.')),
      path: textField(unused('The configuration file, relative to `source`.')),
      sync: optionalFlag(unused('Whether to update the local copy on each use.')),
    },
  },
  GoogleCloudBuildRepoV2Info: {
    label: 'a repository of Google Cloud Build',
    fields: {
      projectID: textField(unused('The Google Cloud project of the connection.'), required),
      region: textField(unused('The region of the connection.'), required),
      connection: textField(unused('The name of the connection.'), required),
      repo: textField(unused('The name of the repository in the connection.'), required),
      path: textField(unused('The configuration file, relative to the root of the repository.')),
      ref: textField(unused('The branch, tag or commit to check out.')),
      sync: optionalFlag(unused('Whether to update the local copy on each use.')),
    },
  },
  ProfileDependency: {
    label: 'a profile of a required configuration',
    fields: {
      name: textField('The profile of the required configuration.', required),
      activatedBy: textList('Profiles of this configuration that select it. Without them it is always selected.'),
    },
  },
  PortForwardResource: {
    label: 'a forwarded port',
    fields: {
      resourceType: textField('The kind of the object. `Container` means a container of `deploy.docker`.', {
        examples: [
          'Service',
          'Pod',
          'Deployment',
          'StatefulSet',
          'DaemonSet',
          'ReplicaSet',
          'ReplicationController',
          'Job',
          'CronJob',
          'Container',
        ],
      }),
      resourceName: textField('The name of the object or container.', { template: true }),
      namespace: textField('The namespace of the object. Without one, the namespace of the deployment.', {
        template: true,
      }),
      port: { shape: textOrInteger, description: 'The port of the object: its number, or its name in the object.' },
      address: textField('The local address to listen on.', { default: '127.0.0.1' }),
      localPort: integerField('The local port. If it is in use, another free port is taken.'),
    },
  },
  ResourceSelectorConfig: {
    label: 'resource selectors',
    fields: {
      allow: sectionList('ResourceFilter', 'Kinds of objects that are filled in.'),
      deny: sectionList('ResourceFilter', 'Kinds of objects that are left as they are.'),
    },
  },
  ResourceFilter: {
    label: 'a resource filter',
    fields: {
      groupKind: textField('The kind and its API group: `Deployment.apps`.', required),
      image: textList('Paths of fields that hold image names: `.spec.template.image`. `.*` means every field.'),
      labels: textList('Paths of fields that labels are added to. `.*` means every field `labels`.'),
      podSpec: textList('Paths of fields that hold the specification of a pod.'),
    },
  },
};
