import { posix } from 'node:path';
import type { PlannedArtifact, ProjectBuilder } from '../../engine/project-initializer.ts';
import { newestVersion } from '../schema/newest-types.ts';
import { imageWord } from './builder-names.ts';
import type { PlannedKustomizations } from './plan-kustomizations.ts';

export interface ConfigurationParts {
  /** The name of the project's folder. */
  readonly project: string;
  readonly artifacts: readonly PlannedArtifact[];
  readonly manifests: readonly string[];
  readonly kustomizations: PlannedKustomizations;
  readonly charts: readonly { readonly path: string; readonly name: string }[];
}

/** Returns a `skaffold.yaml` as plain data, in the order in which people write it. What has its default is left out. */
export function initialConfiguration(parts: ConfigurationParts): object {
  const { project, artifacts, manifests, charts } = parts;
  const { standard, profiles } = parts.kustomizations;
  const rendered = {
    ...(manifests.length > 0 && { rawYaml: manifests }),
    ...(standard !== undefined && { kustomize: { paths: [standard] } }),
  };
  const hasRendered = Object.keys(rendered).length > 0;
  const releases = charts.map(({ path, name }) => ({ name: imageWord(name), chartPath: path }));
  return {
    ...{ apiVersion: `skaffold/${newestVersion}`, kind: 'Config', metadata: { name: imageWord(project) } },
    ...(artifacts.length > 0 && { build: { artifacts: artifacts.map(artifactOf) } }),
    ...(hasRendered && { manifests: rendered }),
    // Without `deploy`, rendered manifests are applied with kubectl. With charts that has to be said.
    ...(releases.length > 0 && { deploy: { ...(hasRendered && { kubectl: {} }), helm: { releases } } }),
    ...(profiles.length > 0 && {
      profiles: profiles.map(({ name, path }) => ({ name, manifests: { kustomize: { paths: [path] } } })),
    }),
  };
}

function artifactOf({ image, builder, requires }: PlannedArtifact): object {
  const { context } = builder;
  const options = optionsOf[builder.type] as (of: ProjectBuilder) => object;
  return { image, ...(context !== '.' && { context }), ...(requires && { requires }), ...options(builder) };
}

type OptionsOf = {
  readonly [Type in ProjectBuilder['type']]: (builder: Extract<ProjectBuilder, { readonly type: Type }>) => object;
};

const optionsOf: OptionsOf = {
  docker: ({ context, path, target, args }) => {
    const dockerfile = posix.relative(context, path);
    const options = {
      ...(dockerfile !== 'Dockerfile' && { dockerfile }),
      ...(target !== undefined && { target }),
      ...(args && { buildArgs: args }),
    };
    return Object.keys(options).length > 0 ? { docker: options } : {};
  },
  jib: ({ project }) => ({ jib: project === undefined ? {} : { project } }),
  ko: ({ main }) => ({ ko: main === '.' ? {} : { main } }),
  buildpacks: ({ builder }) => ({ buildpacks: { builder } }),
};
