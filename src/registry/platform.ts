/** What an image runs on, in the words of the Go toolchain: `linux`, `arm`, `v7`. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** Formats `OS/ARCHITECTURE` or `OS/ARCHITECTURE/VARIANT`. */
export function platformText({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
}

/**
 * Returns the candidate that runs on a platform. Prefers the same variant. An ARM processor also runs code for older
 * variants. A variant that is absent means `v7` for `arm` and `v8` for `arm64`. Of equal candidates the first.
 */
export function choosePlatform<T extends { readonly platform: Platform }>(
  candidates: readonly T[],
  wanted: Platform,
): T | undefined {
  const suitable = candidates.filter(
    ({ platform }) => platform.os === wanted.os && platform.architecture === wanted.architecture,
  );
  for (const variant of variantsFor(wanted)) {
    const found = suitable.find(({ platform }) => variantOf(platform) === variant);
    if (found) return found;
  }
  return undefined;
}

/** Returns the variants that run on a platform, best first. */
function variantsFor(platform: Platform): readonly string[] {
  const own = variantOf(platform);
  const number = Number(/^v(\d+)$/.exec(own)?.[1] ?? Number.NaN);
  if (platform.architecture === 'arm' && number > 5)
    return Array.from({ length: number - 4 }, (_, i) => `v${number - i}`);
  // Levels of amd64 and the like: code without a level runs everywhere.
  return own === '' ? [''] : [own, ''];
}

function variantOf({ architecture, variant = '' }: Platform): string {
  if (architecture === 'arm' && variant === '') return 'v7';
  if (architecture === 'arm64' && variant === '') return 'v8';
  return variant;
}
