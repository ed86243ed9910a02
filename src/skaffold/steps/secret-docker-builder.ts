import type { Builder } from '../../build/builder.ts';
import { dockerBuilder, type DockerOptions } from '../../build/docker/docker-builder.ts';
import type { ImageBuilder } from '../../runtime/image-builder.ts';
import { makeMask } from '../../secrets/make-mask.ts';
import { maskedOutcome } from '../../secrets/masked-outcome.ts';
import { withMaskedOutput } from '../../steps/decorators/masked.ts';
import type { DockerSecretOptions } from '../plan/artifact-spec.ts';
import { readBuildSecrets } from './read-build-secrets.ts';

/**
 * Builds Dockerfiles with their secrets, and masks these in the output and in the failure. The secrets are read when a build
 * begins, so that a cached image needs none, and a build that is run again has its own. `bases` finds base images before the build.
 */
export function secretDockerBuilder(
  images: ImageBuilder,
  options: DockerSecretOptions,
  context: string,
  { bases, ...sources }: Parameters<typeof readBuildSecrets>[2] & { readonly bases: Pick<ImageBuilder, 'find'> },
): Builder<DockerOptions> {
  const plain = dockerBuilder(images, async () => await readBuildSecrets(options, context, sources), bases);
  if (options.secrets.length === 0) return plain;
  return {
    ...plain,
    async build(build, work) {
      const read = await readBuildSecrets(options, context, sources);
      if (read.status !== 'succeeded') return read;
      const inner = dockerBuilder(images, async () => await Promise.resolve(read));
      const mask = await makeMask(read.value.secrets.values());
      return await withMaskedOutput(mask, work.output, async (output) =>
        maskedOutcome(mask, await inner.build(build, { ...work, output })),
      );
    },
  };
}
