import { join } from 'node:path';
import type { ArtifactBuild } from '../builder.ts';
import type { StepCommand } from '../../commands/run-command.ts';

export interface JibOptions {
  /** The module to build, in a project of several modules. */
  readonly project?: string;
  readonly args: readonly string[];
  /** Absent: the files of the project decide. */
  readonly tool?: JibTool;
  /** An image, or the alias of a required one. */
  readonly fromImage?: string;
}

export type JibTool = 'maven' | 'gradle';

/** What a build finds in its context, and where it keeps its own files. */
export interface JibSetting {
  readonly tool: JibTool;
  /** Whether the project has a wrapper of its tool: `mvnw` or `gradlew`. */
  readonly wrapper: boolean;
  /** Jib writes the digests of the image to this file. Before 2.1 it writes none. */
  readonly imageJson: string;
}

/** The oldest version of Jib with the goals and tasks for Skaffold. */
const requiredVersion = '-Djib.requiredVersion=1.4.0';

export const jibPrograms = {
  maven: {
    program: 'mvn',
    wrapper: 'mvnw',
    install: 'https://maven.apache.org/install.html, or add mvnw to the project',
  },
  gradle: {
    program: 'gradle',
    wrapper: 'gradlew',
    install: 'https://gradle.org/install/, or add gradlew to the project',
  },
} as const;

/** Returns the command that builds the image of an artifact, and pushes it or loads it into the engine of `DOCKER_HOST`. */
export function jibCommand(
  build: ArtifactBuild<JibOptions>,
  setting: JibSetting,
  env: StepCommand['env'],
): StepCommand {
  const { program, wrapper, install } = jibPrograms[setting.tool];
  return {
    argv: [setting.wrapper ? join(build.context, wrapper) : program, ...jibArguments(build, setting)],
    cwd: build.context,
    env,
    install,
  };
}

export function jibArguments(build: ArtifactBuild<JibOptions>, { tool, imageJson }: JibSetting): readonly string[] {
  const { reference, push, platforms } = build;
  const base = baseImage(build);
  const settings = [
    // The other console redraws a footer.
    '-Djib.console=plain',
    `-Djib.outputPaths.imageJson=${imageJson}`,
    // Jib cannot allow a single registry.
    ...(push?.insecure ? ['-Djib.allowInsecureRegistries=true'] : []),
    ...(base === undefined ? [] : [`-Djib.from.image=${base}`]),
    ...(platforms.length > 0 ? [`-Djib.from.platforms=${platforms.join(',')}`] : []),
  ];
  return tool === 'maven'
    ? // A property `image` in a POM wins over `-Djib.to.image`, but not over `-Dimage`.
      [...mavenArguments(build), ...settings, `-Dimage=${reference}`]
    : [...gradleArguments(build), ...settings, `-Djib.to.image=${reference}`];
}

function mavenArguments({ push, options: { project, args } }: ArtifactBuild<JibOptions>): readonly string[] {
  const goal = push ? 'jib:build' : 'jib:dockerBuild';
  return [
    '--batch-mode',
    'jib:_skaffold-fail-if-jib-out-of-date',
    requiredVersion,
    ...args,
    ...(project === undefined
      ? ['--non-recursive', 'prepare-package', goal]
      : // Modules use each other as packages. Jib builds the image of this one only.
        ['--projects', project, '--also-make', 'package', goal, `-Djib.containerize=${project}`]),
  ];
}

function gradleArguments({ push, options: { project, args } }: ArtifactBuild<JibOptions>): readonly string[] {
  const task = push ? 'jib' : 'jibDockerBuild';
  return [
    '--console=plain',
    '_skaffoldFailIfJibOutOfDate',
    requiredVersion,
    // The task of this project, not of all that have one of this name.
    project === undefined ? `:${task}` : `:${project.replace(/^:/, '')}:${task}`,
    ...args,
  ];
}

/** An image that was not pushed is only in the engine. */
function baseImage({ push, requires, options: { fromImage } }: ArtifactBuild<JibOptions>): string | undefined {
  const required = requires.find(({ alias }) => alias === fromImage);
  if (required === undefined) return fromImage;
  return push ? required.reference : `docker://${required.reference}`;
}

/** Files that only projects of one tool have. Gradle's are looked for first, as in Skaffold. */
const projectFiles: Readonly<Record<JibTool, readonly string[]>> = {
  gradle: [
    'build.gradle',
    'build.gradle.kts',
    'gradle.properties',
    'settings.gradle',
    'settings.gradle.kts',
    'gradlew',
  ],
  maven: ['pom.xml', '.mvn'],
};

/** Returns the tool of a project by its files. */
export function jibToolOf(exists: (name: string) => boolean): JibTool | undefined {
  if (projectFiles.gradle.some(exists)) return 'gradle';
  return projectFiles.maven.some(exists) ? 'maven' : undefined;
}
