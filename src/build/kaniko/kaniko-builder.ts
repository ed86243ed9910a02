import { join } from 'node:path';
import type { BuilderPod } from '../../model/kubernetes-settings.ts';
import type { Builder } from '../builder.ts';
import type { DockerOptions } from '../docker/docker-builder.ts';

/** The options of an artifact that is meant for a builder in a cluster. */
export interface KanikoOptions extends DockerOptions {
  /** The folder below the context that is the context of the build. */
  readonly subfolder?: string;
  readonly pod: BuilderPod;
}

/** Returns a builder of Dockerfiles that builds in the artifact's folder below the context. */
export function inSubfolder<Options extends Pick<KanikoOptions, 'subfolder'>>(
  inner: Builder<Options>,
): Builder<Options> {
  const moved = <Build extends { readonly context: string; readonly options: Options }>(build: Build): Build => ({
    ...build,
    context: join(build.context, build.options.subfolder ?? ''),
  });
  const inputs = inner.inputs?.bind(inner);
  return {
    build: async (build, work) => await inner.build(moved(build), work),
    ...(inputs && { inputs: async (build, signal) => await inputs(moved(build), signal) }),
  };
}
