import { join } from 'node:path';
import type { ArtifactInputs } from '../../build/artifact-inputs.ts';
import { dockerInputsOf } from '../../build/docker/docker-inputs-of.ts';
import { succeeded, type Outcome } from '../../model/outcome.ts';
import type { ImageBuilder } from '../../runtime/image-builder.ts';
import type { ArtifactBuilder } from './artifact-spec.ts';

/** Finds every image. Base images count as images without triggers (`ONBUILD`). */
export const plainImages: Pick<ImageBuilder, 'find'> = {
  find: async () => await Promise.resolve(succeeded({ id: '' })),
};

/**
 * Returns what can change the image of a Dockerfile, as far as files tell it. Asks no engine for base images. Failures as those of
 * `dockerInputsOf`.
 */
export async function dockerInputs(
  builder: Extract<ArtifactBuilder, { readonly type: 'docker' | 'kaniko' }>,
  context: string,
  signal: AbortSignal,
): Promise<Outcome<ArtifactInputs>> {
  const { dockerfile, target, args } = builder;
  return await dockerInputsOf(
    {
      folder: builder.type === 'kaniko' ? join(context, builder.subfolder ?? '') : context,
      dockerfile,
      args: new Map(args.map(({ name, value }) => [name, value])),
      ...(target !== undefined && { target }),
    },
    plainImages,
    signal,
  );
}
