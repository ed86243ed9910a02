import { stepKind } from '../../steps/step-kind.ts';
import type { DockerOptions } from '../../build/docker/docker-builder.ts';
import type { ArtifactBuilder, ArtifactStepSpec } from '../plan/artifact-spec.ts';
import type { ArtifactSurroundings } from './hooked-artifact.ts';

/** `artifact`: builds the image of one artifact, and pushes it if the plan says so. */
export function artifactKind(around: ArtifactSurroundings) {
  return stepKind<ArtifactStepSpec>({
    kind: 'artifact',
    async load() {
      const [{ artifactStep }, { recordedCommands }] = await Promise.all([
        import('./artifact-step.ts'),
        import('./recorded-commands.ts'),
      ]);
      return (context) => recordedCommands(context, artifactStep(context, around));
    },
    needs: ['images'],
    // An engine cancels a build when its connection closes.
    restarts: true,
    uses: () => ({}),
    text: ({ builder, reference, context, requires, platforms, push, cluster, hooks = { before: [], after: [] } }) => ({
      summary: `${builder.type} ${reference}`,
      details: [
        `context ${context}`,
        ...(platforms.length > 0
          ? [`${platforms.length === 1 ? 'platform' : 'platforms'} ${platforms.join(', ')}`]
          : []),
        ...hooks.before.map(({ command }) => `before hook ${command.join(' ')}`),
        ...builderDetails(builder),
        ...requires.map((required) => `${requiredWord(builder)} ${required.alias}=${required.reference}`),
        ...hooks.after.map(({ command }) => `after hook ${command.join(' ')}`),
      ],
      notes: [...(push ? ['pushed'] : []), ...(cluster ? ['in the cluster'] : [])],
    }),
  });
}

type DetailsOf = {
  readonly [Type in ArtifactBuilder['type']]: (
    builder: Extract<ArtifactBuilder, { readonly type: Type }>,
  ) => readonly string[];
};

/** What a builder does differently for an artifact, one detail a line. */
const details: DetailsOf = {
  docker: dockerfileDetails,
  kaniko: (options) => [...dockerfileDetails(options), ...(options.pod.kanikoFlags ?? [])],
  custom: ({ command }) => [command],
  ko: ({ main, flags, ldflags }) => [
    `package ${main}`,
    ...(flags.length > 0 ? [`flags ${flags.join(' ')}`] : []),
    ...(ldflags.length > 0 ? [`ldflags ${ldflags.join(' ')}`] : []),
  ],
  jib: ({ project, args }) => [...(project === undefined ? [] : [`module ${project}`]), ...args],
  bazel: ({ target, args }) => [`target ${target}`, ...args],
  buildpacks: ({ builder, buildpacks }) => [...(builder === undefined ? [] : [`builder ${builder}`]), ...buildpacks],
};

function dockerfileDetails({ target, args }: Pick<DockerOptions, 'target' | 'args'>): readonly string[] {
  return [
    ...(target === undefined ? [] : [`target ${target}`]),
    ...args.map(({ name, value }) => `build argument ${name}=${value}`),
  ];
}

/** Says how a builder gets the image of a required artifact. */
function requiredWord({ type }: ArtifactBuilder): string {
  return type === 'docker' || type === 'kaniko' ? 'build argument' : 'required image';
}

function builderDetails(builder: ArtifactBuilder): readonly string[] {
  // TypeScript cannot infer that the entry of a type takes the options of that type.
  return (details[builder.type] as (builder: ArtifactBuilder) => readonly string[])(builder);
}
