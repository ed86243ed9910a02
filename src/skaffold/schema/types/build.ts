/** How images are built. */
import type { TypeShapes } from '../../config/shape/shape.ts';
import {
  aText,
  choice,
  flag,
  foreigns,
  option,
  part,
  parts,
  path,
  pointer,
  required,
  textMap,
  texts,
  unused,
  whole,
} from './fields.ts';

const builder = { oneOf: 'artifact' } as const;
const place = { oneOf: 'build' } as const;

export const buildTypes: TypeShapes = {
  BuildConfig: {
    label: 'the build section',
    fields: {
      hooks: part('BuildHooks', 'Commands on this machine, before and after the whole build.'),
      artifacts: parts('Artifact', 'The images to build.'),
      insecureRegistries: texts('Registries that are reached by plain HTTP: `registry.local:5000`.'),
      tagPolicy: part('TagPolicy', 'How images are tagged. Without it, by the Git tag or commit.'),
      platforms: texts('The platforms to build for: `linux/amd64`. An artifact may have its own list.'),
      local: option('LocalBuild', 'Builds with the container engine of this machine. The default.', place),
      googleCloudBuild: option(
        'GoogleCloudBuild',
        unused('Builds in Google Cloud Build.', 'Use `local` or `cluster` instead.'),
        place,
      ),
      cluster: option('ClusterDetails', 'Builds with kaniko in pods of the cluster.', place),
    },
  },
  Artifact: {
    label: 'an artifact',
    fields: {
      image: aText('The name of the image, without a tag. Manifests use the same name.', required),
      context: aText('The folder of the sources.', { ...path, default: '.' }),
      sync: option('Sync', 'Files that are copied into running containers instead of a new build.'),
      docker: option('DockerArtifact', 'Builds from a Dockerfile. The default.', builder),
      bazel: option('BazelArtifact', 'Builds with Bazel.', builder),
      ko: option('KoArtifact', 'Builds a Go program with ko.', builder),
      jib: option('JibArtifact', 'Builds with the Jib plugin of Maven or Gradle.', builder),
      kaniko: option('KanikoArtifact', 'Builds from a Dockerfile with kaniko, in the cluster.', builder),
      buildpacks: option('BuildpackArtifact', 'Builds with Cloud Native Buildpacks.', builder),
      custom: option('CustomArtifact', 'Builds with a command of your own.', builder),
      requires: parts('ArtifactDependency', 'Images that are built first, and that this build may use.'),
      hooks: part('BuildHooks', 'Commands on this machine, before and after the build of this image.'),
      platforms: texts('The platforms to build this image for. They replace `build.platforms`.'),
      runtimeType: aText('The language of the program, for debugging. Without it, Slipway detects the language.', {
        examples: ['go', 'nodejs', 'jvm', 'python', 'netcore'],
      }),
    },
  },
  ArtifactDependency: {
    label: 'a required image',
    fields: {
      image: aText('The name of the other image, as its artifact has it.', required),
      alias: aText(
        'The build argument or environment variable that holds the reference of the built image. Without it, the name of the image.',
      ),
    },
  },
  LocalBuild: {
    label: 'local builds',
    fields: {
      push: choice('Whether images are pushed. Without it, they are pushed if the cluster is not a local one.'),
      tryImportMissing: flag('Whether an image that is not in the cache may come from the engine or the registry.'),
      useDockerCLI: flag('Whether to build with the `docker` command instead of the engine’s API.'),
      useBuildkit: choice('Whether to build with BuildKit. Without it, the engine decides.'),
      concurrency: whole('How many images are built at the same time. `0` means all.', { ...pointer, default: '1' }),
    },
  },
  ClusterDetails: {
    label: 'builds in the cluster',
    fields: {
      HTTP_PROXY: aText('The proxy of the build pods for HTTP.'),
      HTTPS_PROXY: aText('The proxy of the build pods for HTTPS.'),
      pullSecretPath: aText('The file with the service account key for registries. A leading `~` is the home folder.'),
      pullSecretName: aText('The Kubernetes secret with the service account key for registries.', {
        default: 'kaniko-secret',
      }),
      pullSecretMountPath: aText('The folder of the build container that the secret is mounted at.'),
      namespace: aText('The namespace of the build pods. Without it, the namespace of the context.'),
      timeout: aText('The time limit of a build, as a Go duration.', { default: '20m' }),
      dockerConfig: option('DockerConfig', 'A Docker configuration with registry credentials for the build pods.'),
      serviceAccount: aText('The Kubernetes service account of the build pods.', { default: 'default' }),
      tolerations: foreigns('Tolerations of the build pods, as Kubernetes has them.'),
      nodeSelector: textMap('Labels of the nodes that may run the build pods.'),
      annotations: textMap('Annotations of the build pods.'),
      labels: textMap('Labels of the build pods.'),
      runAsUser: whole('The user ID of the build containers. Without it, the pod has no security context.', pointer),
      resources: option('ResourceRequirements', 'CPU and memory of the build pods.'),
      concurrency: whole('How many images are built at the same time. `0` means all.', { default: '0' }),
      volumes: foreigns('Volumes of the build pods, as Kubernetes has them.'),
      randomPullSecret: flag('Whether the pull secret gets a random suffix, so that parallel builds have their own.'),
      randomDockerConfigSecret: flag(
        'Whether the secret of `dockerConfig` gets a random suffix, so that parallel builds have their own.',
      ),
    },
  },
  DockerConfig: {
    label: 'a Docker configuration',
    fields: {
      path: aText('The file `config.json` on this machine. A leading `~` is the home folder.'),
      secretName: aText('The Kubernetes secret with the key `config.json`. Its type is `Opaque`.'),
    },
  },
  ResourceRequirements: {
    label: 'resource requirements',
    fields: {
      requests: option('ResourceRequirement', 'What a build pod reserves.'),
      limits: option('ResourceRequirement', 'What a build pod may use at most.'),
    },
  },
  ResourceRequirement: {
    label: 'resource amounts',
    fields: {
      cpu: aText('CPU cores: `2` or `200m`.'),
      memory: aText('Memory: `1Gi`.'),
      ephemeralStorage: aText('Temporary disk space of the pod: `1Gi`.'),
      resourceStorage: aText('Storage: `1Gi`.'),
    },
  },
};
