/** The builders of artifacts, except kaniko. */
import type { TypeShapes } from '../../config/shape/shape.ts';
import {
  textField,
  flag,
  nullableTextMap,
  optionalSection,
  sectionList,
  path,
  required,
  template,
  textMap,
  textList,
} from './fields.ts';

const source = { oneOf: 'dependency' } as const;
const ignore = textList('Patterns of files that do not count, even if `paths` matches them. They need `paths`.');
const watched = (more = {}) =>
  textList('Patterns of the files that the image is built from, relative to `context`.', { ...source, ...more });

export const artifactTypes: TypeShapes = {
  DockerArtifact: {
    label: 'a Docker artifact',
    fields: {
      dockerfile: textField('The Dockerfile, relative to `context`.', { default: 'Dockerfile' }),
      target: textField('The stage of the Dockerfile to build. Without it, the last one.'),
      buildArgs: nullableTextMap('Build arguments. One without a value takes it from the environment.', template),
      network: textField('The network of `RUN` instructions.', { examples: ['host', 'bridge', 'none'] }),
      addHost: textList('Entries for `/etc/hosts` during the build: `name:address`.'),
      cacheFrom: textList('Images whose layers the build may reuse.'),
      cliFlags: textList('More flags for `docker build`. They apply only to builds by the `docker` command.'),
      pullParent: flag('Whether to pull base images even if they are here.'),
      noCache: flag('Whether to build every layer anew.'),
      squash: flag('Whether to merge the new layers into one.'),
      secrets: sectionList('DockerSecret', 'Secrets for `RUN --mount=type=secret`. They need BuildKit.'),
      ssh: textField('The SSH agent or keys for `RUN --mount=type=ssh`: `default` or `ID=PATH`. It needs BuildKit.', {
        examples: ['default'],
      }),
    },
  },
  DockerSecret: {
    label: 'a build secret',
    fields: {
      id: textField('The name of the secret in the Dockerfile.', required),
      src: textField('The file with the secret.', { oneOf: 'secretSource' }),
      env: textField('The environment variable with the secret.', { oneOf: 'secretSource' }),
    },
  },
  BazelArtifact: {
    label: 'a Bazel artifact',
    fields: {
      target: textField('The target to build, whose output is an image archive: `//:app.tar`.', required),
      args: textList('More arguments for `bazel build`.'),
      platforms: sectionList('BazelPlatformMapping', 'The Bazel platform for each image platform.'),
    },
  },
  BazelPlatformMapping: {
    label: 'a Bazel platform',
    fields: {
      platform: textField('The image platform: `linux/amd64`.', required),
      target: textField('The Bazel platform: `//platforms:linux_amd64`.', required),
    },
  },
  KoArtifact: {
    label: 'a ko artifact',
    fields: {
      fromImage: textField('The base image. Without it, `.ko.yaml` decides.'),
      dependencies: optionalSection('KoDependencies', 'The files that the image is built from.'),
      dir: textField('The folder that `go` runs in, relative to `context`.', { default: '.' }),
      env: textList('Environment variables of the build: `NAME=value`.', template),
      flags: textList('More flags for `go build`.', template),
      labels: textMap('Labels of the image.', template),
      ldflags: textList('Flags for the Go linker.', template),
      main: textField('The main package, relative to `context`: `./cmd/app`.', { default: '.' }),
    },
  },
  KoDependencies: {
    label: 'dependencies of a ko artifact',
    fields: { paths: watched({ default: '["**/*.go"]' }), ignore },
  },
  JibArtifact: {
    label: 'a Jib artifact',
    fields: {
      project: textField('The module to build, in a project of several modules.'),
      args: textList('More arguments for Maven or Gradle.'),
      type: textField('The build tool. Without it, the files of the project decide.', { values: ['maven', 'gradle'] }),
      fromImage: textField('The base image. It replaces the one of the Jib configuration.'),
    },
  },
  BuildpackArtifact: {
    label: 'a buildpacks artifact',
    fields: {
      builder: textField('The image with the buildpacks. Without it, the project descriptor decides.'),
      runImage: textField('The base image of the result. It replaces the one of the builder.'),
      env: textList('Environment variables of the build: `NAME=value`.', template),
      buildpacks: textList('Buildpacks to use, in this order, instead of those that the builder detects.'),
      trustBuilder: flag('Whether the builder may see registry credentials.'),
      clearCache: flag('Whether to build with an empty cache.'),
      projectDescriptor: textField('The project descriptor, relative to `context`. It may be missing.', {
        default: 'project.toml',
      }),
      dependencies: optionalSection('BuildpackDependencies', 'The files that the image is built from.'),
      volumes: sectionList('BuildpackVolume', 'Folders and volumes that the build can read or write.'),
      buildArgs: textList('More arguments for the build.'),
    },
  },
  BuildpackDependencies: {
    label: 'dependencies of a buildpacks artifact',
    fields: { paths: watched({ default: '["."]' }), ignore },
  },
  BuildpackVolume: {
    label: 'a buildpacks volume',
    fields: {
      host: textField('The folder on this machine, or the name of a volume.', { ...path, ...required }),
      target: textField('The folder in the build container. Avoid `/cnb` and `/layers`.', required),
      options: textField('Mount options, separated by commas. Without them, the volume is read-only.', {
        examples: ['ro', 'rw'],
      }),
    },
  },
  CustomArtifact: {
    label: 'a custom artifact',
    fields: {
      buildCommand: textField(
        'The shell command that builds the image. `IMAGE` holds its reference, and `PUSH_IMAGE` whether to push it.',
        template,
      ),
      dependencies: optionalSection(
        'CustomDependencies',
        'The files that the image is built from. Without them, the whole `context`.',
      ),
    },
  },
  CustomDependencies: {
    label: 'dependencies of a custom artifact',
    fields: {
      dockerfile: optionalSection(
        'DockerfileDependency',
        'A Dockerfile. The files that it copies are the dependencies.',
        source,
      ),
      command: textField('A command that prints the files as a JSON array.', source),
      paths: watched(),
      ignore,
    },
  },
  DockerfileDependency: {
    label: 'a Dockerfile with dependencies',
    fields: {
      path: textField('The Dockerfile, relative to `context`.'),
      buildArgs: nullableTextMap('Build arguments that paths in the Dockerfile refer to.', template),
    },
  },
};
