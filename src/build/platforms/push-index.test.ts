import { describe, expect, it } from 'vitest';
import { failed, succeeded } from '../../model/outcome.ts';
import type { NewIndex, Registry, RegistryImage } from '../../registry/registry.ts';
import type { Platform } from '../../registry/platform.ts';
import { pushIndex } from './push-index.ts';

const digest = (of: string) => `sha256:${of.repeat(64)}`;
const mediaType = 'application/vnd.oci.image.manifest.v1+json';

/** A registry with images by the digest that their push returned. `own`: the digest of the image in an index. */
function registryWith(images: Readonly<Record<string, { platform: Platform; own?: string } | string>>) {
  const stored: (readonly [string, NewIndex])[] = [];
  const registry: Pick<Registry, 'digest' | 'image' | 'putIndex'> = {
    digest: async ({ tag }) => await Promise.resolve({ value: { digest: tag, mediaType, size: 7 } }),
    image: async ({ tag }) => {
      const image = images[tag];
      if (typeof image === 'string')
        return await Promise.resolve({ failure: { code: 'unauthorized', message: image } });
      const value = image && ({ digest: image.own ?? tag, platform: image.platform } as RegistryImage);
      return await Promise.resolve({ value });
    },
    putIndex: async ({ name, tag }, index) => {
      stored.push([`${name}:${tag}`, index]);
      return await Promise.resolve({ value: { digest: digest('f'), mediaType: 'index', size: 1 } });
    },
  };
  return { registry, stored };
}

const { signal } = new AbortController();
const image = (platform: string, of: string) => ({ platform, reference: `r.io/app:1_${of}`, digest: digest(of) });

describe('the index of images', () => {
  it('names each image with its platform', async () => {
    const { registry, stored } = registryWith({
      [digest('a')]: { platform: { os: 'linux', architecture: 'amd64' } },
      // An engine that pushes an index with attestations.
      [digest('b')]: { platform: { os: 'linux', architecture: 'arm64', variant: 'v8' }, own: digest('c') },
    });
    const images = [image('linux/amd64', 'a'), image('linux/arm64', 'b')];
    expect(await pushIndex(registry, 'r.io/app:1', images, signal)).toEqual(succeeded(digest('f')));
    const entry = { mediaType, size: 7 };
    expect(stored).toEqual([
      [
        'r.io/app:1',
        {
          images: [
            { ...entry, digest: digest('a'), platform: { os: 'linux', architecture: 'amd64' } },
            { ...entry, digest: digest('c'), platform: { os: 'linux', architecture: 'arm64' } },
          ],
        },
      ],
    ]);
  });

  it('refuses an image for another platform, as an engine makes it from a base image for another platform', async () => {
    const { registry, stored } = registryWith({ [digest('a')]: { platform: { os: 'linux', architecture: 'amd64' } } });
    expect(await pushIndex(registry, 'r.io/app:1', [image('linux/arm64', 'a')], signal)).toEqual(
      failed({
        code: 'build-failed',
        detail: 'r.io/app:1_a is for linux/amd64, not for linux/arm64: use a base image for linux/arm64',
      }),
    );
    expect(stored).toEqual([]);
  });

  it.each<[string, Parameters<typeof registryWith>[0], string]>([
    ['is gone', {}, 'the registry does not have the image that was pushed'],
    ['cannot be read', { [digest('a')]: 'denied' }, 'denied'],
  ])('is not pushed if an image %s', async (_, images, detail) => {
    const { registry } = registryWith(images);
    expect(await pushIndex(registry, 'r.io/app:1', [image('linux/amd64', 'a')], signal)).toEqual(
      failed({ code: 'push-failed', image: 'r.io/app:1_a', detail }),
    );
  });
});
