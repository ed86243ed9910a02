/** How images are built. */
import type { TypeShapes } from '../../config/shape/shape.ts';
import {
  textField,
  optionalFlag,
  flag,
  kubernetesList,
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

const builder = { oneOf: 'artifact' } as const;
const place = { oneOf: 'build' } as const;

export const buildTypes: TypeShapes = {
  BuildConfig: {
    label: 'the build section',
    fields: {
      hooks: section('BuildHooks', 'Commands on this machine, before and after the whole build.'),
      artifacts: sectionList('Artifact', 'The images to build.'),
      insecureRegistries: textList('Registries that are reached by plain HTTP: `registry.local:5000`.'),
      tagPolicy: section('TagPolicy', 'How images are tagged. Without it, by the Git tag or commit.'),
      platforms: textList('The platforms to build for: `linux/amd64`. An artifact may have its own list.'),
      local: optionalSection('LocalBuild', 'Builds with the container engine of this machine. The default.', place),
      googleCloudBuild: optionalSection(
        'GoogleCloudBuild',
        unused('Builds in Google Cloud Build.', 'Use `local` or `cluster` instead.'),
        place,
      ),
      cluster: optionalSection('ClusterDetails', 'Builds with kaniko in pods of the cluster.', place),
    },
  },
  Artifact: {
    label: 'an artifact',
    fields: {
      image: textField('The name of the image, without a tag. Manifests use the same name.', required),
      context: textField('The folder of the sources.', { ...path, default: '.' }),
      sync: optionalSection('Sync', 'Files that are copied into running containers instead of a new build.'),
      docker: optionalSection('DockerArtifact', 'Builds from a Dockerfile. The default.', builder),
      bazel: optionalSection('BazelArtifact', 'Builds with Bazel.', builder),
      ko: optionalSection('KoArtifact', 'Builds a Go program with ko.', builder),
      jib: optionalSection('JibArtifact', 'Builds with the Jib plugin of Maven or Gradle.', builder),
      kaniko: optionalSection('KanikoArtifact', 'Builds from a Dockerfile with kaniko, in the cluster.', builder),
      buildpacks: optionalSection('BuildpackArtifact', 'Builds with Cloud Native Buildpacks.', builder),
      custom: optionalSection('CustomArtifact', 'Builds with a command of your own.', builder),
      requires: sectionList('ArtifactDependency', 'Images that are built first, and that this build may use.'),
      hooks: section('BuildHooks', 'Commands on this machine, before and after the build of this image.'),
      platforms: textList('The platforms to build this image for. They replace `build.platforms`.'),
      runtimeType: textField('The language of the program, for debugging. Without it, Slipway detects the language.', {
        examples: ['go', 'nodejs', 'jvm', 'python', 'netcore'],
      }),
    },
  },
  ArtifactDependency: {
    label: 'a required image',
    fields: {
      image: textField('The name of the other image, as its artifact has it.', required),
      alias: textField(
        'The build argument or environment variable that holds the reference of the built image. Without it, the name of the image.',
      ),
    },
  },
  LocalBuild: {
    label: 'local builds',
    fields: {
      push: optionalFlag('Whether images are pushed. Without it, they are pushed if the cluster is not a local one.'),
      tryImportMissing: flag('Whether an image that is not in the cache may come from the engine or the registry.'),
      useDockerCLI: flag('Whether to build with the `docker` command instead of the engine’s API.'),
      useBuildkit: optionalFlag('Whether to build with BuildKit. Without it, the engine decides.'),
      concurrency: integerField('How many images are built at the same time. `0` means all.', {
        ...pointer,
        default: '1',
      }),
    },
  },
  ClusterDetails: {
    label: 'builds in the cluster',
    fields: {
      HTTP_PROXY: textField('The proxy of the build pods for HTTP.'),
      HTTPS_PROXY: textField('The proxy of the build pods for HTTPS.'),
      pullSecretPath: textField(
        'The file with the service account key for registries. A leading `~` is the home folder.',
      ),
      pullSecretName: textField('The Kubernetes secret with the service account key for registries.', {
        default: 'kaniko-secret',
      }),
      pullSecretMountPath: textField('The folder of the build container that the secret is mounted at.'),
      namespace: textField('The namespace of the build pods. Without it, the namespace of the context.'),
      timeout: textField('The time limit of a build, as a Go duration.', { default: '20m' }),
      dockerConfig: optionalSection(
        'DockerConfig',
        'A Docker configuration with registry credentials for the build pods.',
      ),
      serviceAccount: textField('The Kubernetes service account of the build pods.', { default: 'default' }),
      tolerations: kubernetesList('Tolerations of the build pods, as Kubernetes has them.'),
      nodeSelector: textMap('Labels of the nodes that may run the build pods.'),
      annotations: textMap('Annotations of the build pods.'),
      labels: textMap('Labels of the build pods.'),
      runAsUser: integerField(
        'The user ID of the build containers. Without it, the pod has no security context.',
        pointer,
      ),
      resources: optionalSection('ResourceRequirements', 'CPU and memory of the build pods.'),
      concurrency: integerField('How many images are built at the same time. `0` means all.', { default: '0' }),
      volumes: kubernetesList('Volumes of the build pods, as Kubernetes has them.'),
      randomPullSecret: flag('Whether the pull secret gets a random suffix, so that parallel builds have their own.'),
      randomDockerConfigSecret: flag(
        'Whether the secret of `dockerConfig` gets a random suffix, so that parallel builds have their own.',
      ),
    },
  },
  DockerConfig: {
    label: 'a Docker configuration',
    fields: {
      path: textField('The file `config.json` on this machine. A leading `~` is the home folder.'),
      secretName: textField('The Kubernetes secret with the key `config.json`. Its type is `Opaque`.'),
    },
  },
  ResourceRequirements: {
    label: 'resource requirements',
    fields: {
      requests: optionalSection('ResourceRequirement', 'What a build pod reserves.'),
      limits: optionalSection('ResourceRequirement', 'What a build pod may use at most.'),
    },
  },
  ResourceRequirement: {
    label: 'resource amounts',
    fields: {
      cpu: textField('CPU cores: `2` or `200m`.'),
      memory: textField('Memory: `1Gi`.'),
      ephemeralStorage: textField('Temporary disk space of the pod: `1Gi`.'),
      resourceStorage: textField('Storage: `1Gi`.'),
    },
  },
};
