/** The builders of artifacts, except kaniko. */
import type { TypeShapes } from '../../config/shape/shape.ts';
import { aText, flag, nullableMap, option, parts, path, required, template, textMap, texts } from './fields.ts';

const source = { oneOf: 'dependency' } as const;
const ignore = texts('Patterns of files that do not count, even if `paths` matches them. They need `paths`.');
const watched = (more = {}) =>
  texts('Patterns of the files that the image is built from, relative to `context`.', { ...source, ...more });

export const artifactTypes: TypeShapes = {
  DockerArtifact: {
    label: 'a Docker artifact',
    fields: {
      dockerfile: aText('The Dockerfile, relative to `context`.', { default: 'Dockerfile' }),
      target: aText('The stage of the Dockerfile to build. Without it, the last one.'),
      buildArgs: nullableMap('Build arguments. One without a value takes it from the environment.', template),
      network: aText('The network of `RUN` instructions.', { examples: ['host', 'bridge', 'none'] }),
      addHost: texts('Entries for `/etc/hosts` during the build: `name:address`.'),
      cacheFrom: texts('Images whose layers the build may reuse.'),
      cliFlags: texts('More flags for `docker build`. They apply only to builds by the `docker` command.'),
      pullParent: flag('Whether to pull base images even if they are here.'),
      noCache: flag('Whether to build every layer anew.'),
      squash: flag('Whether to merge the new layers into one.'),
      secrets: parts('DockerSecret', 'Secrets for `RUN --mount=type=secret`. They need BuildKit.'),
      ssh: aText('The SSH agent or keys for `RUN --mount=type=ssh`: `default` or `ID=PATH`. It needs BuildKit.', {
        examples: ['default'],
      }),
    },
  },
  DockerSecret: {
    label: 'a build secret',
    fields: {
      id: aText('The name of the secret in the Dockerfile.', required),
      src: aText('The file with the secret.', { oneOf: 'secretSource' }),
      env: aText('The environment variable with the secret.', { oneOf: 'secretSource' }),
    },
  },
  BazelArtifact: {
    label: 'a Bazel artifact',
    fields: {
      target: aText('The target to build, whose output is an image archive: `//:app.tar`.', required),
      args: texts('More arguments for `bazel build`.'),
      platforms: parts('BazelPlatformMapping', 'The Bazel platform for each image platform.'),
    },
  },
  BazelPlatformMapping: {
    label: 'a Bazel platform',
    fields: {
      platform: aText('The image platform: `linux/amd64`.', required),
      target: aText('The Bazel platform: `//platforms:linux_amd64`.', required),
    },
  },
  KoArtifact: {
    label: 'a ko artifact',
    fields: {
      fromImage: aText('The base image. Without it, `.ko.yaml` decides.'),
      dependencies: option('KoDependencies', 'The files that the image is built from.'),
      dir: aText('The folder that `go` runs in, relative to `context`.', { default: '.' }),
      env: texts('Environment variables of the build: `NAME=value`.', template),
      flags: texts('More flags for `go build`.', template),
      labels: textMap('Labels of the image.', template),
      ldflags: texts('Flags for the Go linker.', template),
      main: aText('The main package, relative to `context`: `./cmd/app`.', { default: '.' }),
    },
  },
  KoDependencies: {
    label: 'dependencies of a ko artifact',
    fields: { paths: watched({ default: '["**/*.go"]' }), ignore },
  },
  JibArtifact: {
    label: 'a Jib artifact',
    fields: {
      project: aText('The module to build, in a project of several modules.'),
      args: texts('More arguments for Maven or Gradle.'),
      type: aText('The build tool. Without it, the files of the project decide.', { values: ['maven', 'gradle'] }),
      fromImage: aText('The base image. It replaces the one of the Jib configuration.'),
    },
  },
  BuildpackArtifact: {
    label: 'a buildpacks artifact',
    fields: {
      builder: aText('The image with the buildpacks. Without it, the project descriptor decides.'),
      runImage: aText('The base image of the result. It replaces the one of the builder.'),
      env: texts('Environment variables of the build: `NAME=value`.', template),
      buildpacks: texts('Buildpacks to use, in this order, instead of those that the builder detects.'),
      trustBuilder: flag('Whether the builder may see registry credentials.'),
      clearCache: flag('Whether to build with an empty cache.'),
      projectDescriptor: aText('The project descriptor, relative to `context`. It may be missing.', {
        default: 'project.toml',
      }),
      dependencies: option('BuildpackDependencies', 'The files that the image is built from.'),
      volumes: parts('BuildpackVolume', 'Folders and volumes that the build can read or write.'),
      buildArgs: texts('More arguments for the build.'),
    },
  },
  BuildpackDependencies: {
    label: 'dependencies of a buildpacks artifact',
    fields: { paths: watched({ default: '["."]' }), ignore },
  },
  BuildpackVolume: {
    label: 'a buildpacks volume',
    fields: {
      host: aText('The folder on this machine, or the name of a volume.', { ...path, ...required }),
      target: aText('The folder in the build container. Avoid `/cnb` and `/layers`.', required),
      options: aText('Mount options, separated by commas. Without them, the volume is read-only.', {
        examples: ['ro', 'rw'],
      }),
    },
  },
  CustomArtifact: {
    label: 'a custom artifact',
    fields: {
      buildCommand: aText(
        'The shell command that builds the image. `IMAGE` holds its reference, and `PUSH_IMAGE` whether to push it.',
        template,
      ),
      dependencies: option(
        'CustomDependencies',
        'The files that the image is built from. Without them, the whole `context`.',
      ),
    },
  },
  CustomDependencies: {
    label: 'dependencies of a custom artifact',
    fields: {
      dockerfile: option(
        'DockerfileDependency',
        'A Dockerfile. The files that it copies are the dependencies.',
        source,
      ),
      command: aText('A command that prints the files as a JSON array.', source),
      paths: watched(),
      ignore,
    },
  },
  DockerfileDependency: {
    label: 'a Dockerfile with dependencies',
    fields: {
      path: aText('The Dockerfile, relative to `context`.'),
      buildArgs: nullableMap('Build arguments that paths in the Dockerfile refer to.', template),
    },
  },
};
