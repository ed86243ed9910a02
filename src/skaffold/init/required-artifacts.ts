import { posix } from 'node:path';
import type { PlannedArtifact } from '../../engine/project-initializer.ts';
import { splitImageName } from '../../util/image-grammar.ts';
import { comparedName, fitOf } from './compared-name.ts';

/**
 * Adds which artifacts are the base images of others. The default of the build argument is the image of the base, or fits the
 * names of exactly one builder. A default with a version is an image of others.
 */
export function withRequired(artifacts: readonly PlannedArtifact[]): readonly PlannedArtifact[] {
  const required = new Map<string, readonly string[]>();
  /** Reports whether an image is built from another one, over any number of steps. */
  const needs = (image: string, other: string): boolean => {
    const seen = new Set([image]);
    for (const one of seen) for (const next of required.get(one) ?? []) seen.add(next);
    return seen.has(other);
  };
  return artifacts.map((artifact) => {
    const { builder, image } = artifact;
    const requires = (builder.type === 'docker' ? builder.baseArguments : []).flatMap(
      ({ name: alias, image: base }) => {
        const found = baseOf(
          base,
          artifacts.filter((one) => one !== artifact),
        );
        return found === undefined || needs(found, image) ? [] : [{ image: found, alias }];
      },
    );
    if (requires.length === 0) return artifact;
    required.set(
      image,
      requires.map((one) => one.image),
    );
    return { ...artifact, requires };
  });
}

function baseOf(written: string, artifacts: readonly PlannedArtifact[]): string | undefined {
  const { name, tag, digest } = splitImageName(written);
  if (digest !== undefined || (tag !== undefined && tag !== 'latest')) return undefined;
  const same = artifacts.find(({ image }) => image === name);
  if (same) return same.image;
  const last = comparedName(posix.basename(name));
  const fits = artifacts.map(({ image, builder }) => ({
    image,
    fits: builder.names.flatMap((one) => fitOf(last, comparedName(one)) ?? []),
  }));
  const exact = fits.filter((one) => one.fits.some((fit) => fit !== 'words'));
  const fitting = exact.length > 0 ? exact : fits.filter((one) => one.fits.length > 0);
  return fitting.length === 1 ? fitting[0]?.image : undefined;
}
