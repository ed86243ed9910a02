/** The contract of clients of registries (`src/registry/registry.ts`), with what registries do. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Registry } from '../../src/registry/registry.ts';
import { digestOf } from '../rigs/fake-registry.ts';
import { at, blobOf, never, newRepository, putImage, types, valueOf } from '../rigs/registry-images.ts';

export interface RegistryUnderTest extends AsyncDisposable {
  readonly registry: Registry;
  /** `127.0.0.1:5000`. */
  readonly host: string;
}

const amd64 = { os: 'linux', architecture: 'amd64' };
const arm64 = { os: 'linux', architecture: 'arm64' };

export function registryContract(
  name: string,
  open: () => Promise<RegistryUnderTest | { readonly skip: string }>,
): void {
  describe(`registry contract: ${name}`, () => {
    let under: RegistryUnderTest | { readonly skip: string } = { skip: 'not opened' };
    let registry: Registry;
    let repository = '';

    beforeAll(async () => {
      under = await open();
    });
    afterAll(async () => {
      if (!('skip' in under)) await under[Symbol.asyncDispose]();
    });
    beforeEach((context) => {
      if ('skip' in under) {
        context.skip(under.skip);
        return;
      }
      registry = under.registry;
      repository = newRepository(under.host);
    });

    const absent = `sha256:${'0'.repeat(64)}`;

    test('what the registry does not have is undefined', async () => {
      const nothing = { value: undefined };
      expect(await registry.digest(at(repository, 'v1'), never)).toEqual(nothing);
      expect(await registry.digest(at(repository, absent), never)).toEqual(nothing);
      expect(await registry.manifest(at(repository, 'v1'), never)).toEqual(nothing);
      expect(await registry.image(at(repository, 'v1'), amd64, never)).toEqual(nothing);
      expect(await registry.tags(at(repository, 'v1'), { limit: 10 }, never)).toEqual(nothing);
      expect(await registry.blobExists(at(repository, 'v1'), absent, never)).toEqual({ value: false });
    });

    test('a blob is stored once', async () => {
      const image = at(repository, 'v1');
      const blob = blobOf('content');
      expect(await registry.putBlob(image, blob, never)).toEqual({ value: 'uploaded' });
      expect(await registry.blobExists(image, blob.digest, never)).toEqual({ value: true });
      expect(await registry.putBlob(image, blob, never)).toEqual({ value: 'present' });
    });

    test('a blob of another repository is mounted', async () => {
      const blob = blobOf('content');
      valueOf(await registry.putBlob(at(repository, 'v1'), blob, never));
      const other = at(`${repository}/other`, 'v1');
      const mountFrom = at(repository, 'v1').repository;
      expect(await registry.putBlob(other, { ...blob, mountFrom }, never)).toEqual({ value: 'mounted' });
      expect(await registry.blobExists(other, blob.digest, never)).toEqual({ value: true });
    });

    test('a blob that the other repository does not have is uploaded', async () => {
      const blob = { ...blobOf('content'), mountFrom: at(`${repository}/empty`, 'v1').repository };
      expect(await registry.putBlob(at(repository, 'v1'), blob, never)).toEqual({ value: 'uploaded' });
      expect(await registry.blobExists(at(repository, 'v1'), blob.digest, never)).toEqual({ value: true });
    });

    test('a large blob is stored in parts', async () => {
      const blob = blobOf(Buffer.alloc(3 * 2 ** 20, 'slipway '), 50);
      expect(await registry.putBlob(at(repository, 'v1'), blob, never)).toEqual({ value: 'uploaded' });
    });

    test('a blob with another digest is refused', async () => {
      const blob = { ...blobOf('content'), digest: absent };
      expect(await registry.putBlob(at(repository, 'v1'), blob, never)).toMatchObject({ failure: { code: 'refused' } });
      expect(await registry.blobExists(at(repository, 'v1'), absent, never)).toEqual({ value: false });
    });

    test.each([
      ['fewer', 1],
      ['more', -1],
    ])('a blob with %s bytes than said is not stored', async (word, more) => {
      const blob = { ...blobOf('content'), size: 'content'.length + more };
      expect(await registry.putBlob(at(repository, 'v1'), blob, never)).toEqual({
        failure: {
          code: 'wrong-digest',
          message: `the content of blob ${blob.digest} has ${word} than ${blob.size} bytes`,
        },
      });
    });

    test.each([types.ociManifest, types.dockerManifest])(
      'a manifest is found by tag and by digest: %s',
      async (mediaType) => {
        const stored = await putImage(registry, at(repository, 'v1'), { mediaType });
        const { digest, size } = stored;
        for (const tag of ['v1', digest]) {
          expect(await registry.digest(at(repository, tag), never)).toEqual({ value: { digest, mediaType, size } });
          const manifest = valueOf(await registry.manifest(at(repository, tag), never));
          expect(manifest).toMatchObject({ digest, mediaType, size });
          expect(manifest && digestOf(manifest.bytes)).toBe(digest);
        }
      },
    );

    test('a manifest of blobs that the registry does not have is refused', async () => {
      const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: absent, size: 2 };
      const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: types.ociManifest, config, layers: [] }));
      const answer = await registry.putManifest(at(repository, 'v1'), { bytes, mediaType: types.ociManifest }, never);
      expect('failure' in answer && ['refused', 'not-found'].includes(answer.failure.code)).toBe(true);
    });

    test('an image is described by its configuration', async () => {
      const stored = await putImage(registry, at(repository, 'v1'), {
        layers: ['one', 'two'],
        config: {
          created: '2026-01-02T03:04:05Z',
          config: {
            Entrypoint: ['/bin/app'],
            Cmd: ['serve'],
            Env: ['PATH=/bin', 'A=b=c'],
            WorkingDir: '/srv',
            User: '1000:1000',
            OnBuild: ['COPY . .'],
            Labels: { team: 'a' },
            ExposedPorts: { '8080/tcp': {} },
          },
        },
      });
      expect(await registry.image(at(repository, 'v1'), amd64, never)).toEqual({
        value: {
          digest: stored.digest,
          configDigest: stored.configDigest,
          platform: amd64,
          created: '2026-01-02T03:04:05Z',
          entrypoint: ['/bin/app'],
          command: ['serve'],
          env: ['PATH=/bin', 'A=b=c'],
          workdir: '/srv',
          user: '1000:1000',
          onbuild: ['COPY . .'],
          labels: { team: 'a' },
          exposedPorts: ['8080/tcp'],
          layers: stored.layers,
        },
      });
    });

    test.each([
      ['oci', types.ociManifest, types.ociIndex],
      ['docker', types.dockerManifest, types.dockerIndex],
      [undefined, types.ociManifest, types.ociIndex],
      [undefined, types.dockerManifest, types.dockerIndex],
    ] as const)('an index (%s) of several platforms: %s', async (format, mediaType, indexType) => {
      const images = [];
      for (const platform of [amd64, arm64])
        images.push(await putImage(registry, at(repository, platform.architecture), { platform, mediaType }));
      const image = at(repository, 'all');
      const index = valueOf(await registry.putIndex(image, { images, ...(format && { format }) }, never));
      expect(index.mediaType).toBe(indexType);
      expect(await registry.digest(image, never)).toEqual({ value: index });
      for (const { platform, digest } of images)
        expect(await registry.image(image, platform, never)).toMatchObject({ value: { digest, platform } });
      expect(await registry.image(image, { os: 'linux', architecture: 's390x' }, never)).toEqual({
        failure: {
          code: 'no-platform',
          message: `${repository} has no image for linux/s390x, only for linux/amd64, linux/arm64`,
        },
      });
    });

    test('an image gets another tag', async () => {
      const { digest, size, mediaType } = await putImage(registry, at(repository, 'v1'));
      const descriptor = { value: { digest, size, mediaType } };
      expect(await registry.tag(at(repository, digest), 'v2', never)).toEqual(descriptor);
      expect(await registry.digest(at(repository, 'v2'), never)).toEqual(descriptor);
      expect(await registry.digest(at(repository, 'v1'), never)).toEqual(descriptor);
    });

    test('an image that is missing gets no tag', async () => {
      await putImage(registry, at(repository, 'v1'));
      const answer = await registry.tag(at(repository, absent), 'v2', never);
      expect(answer).toMatchObject({ failure: { code: 'not-found' } });
      expect('failure' in answer && answer.failure.message).toContain(absent);
    });

    test('tags are listed by pages', async () => {
      const tags = ['a', 'b', 'c', 'd', 'e'];
      for (const tag of tags) await putImage(registry, at(repository, tag));
      const listed: string[] = [];
      let after: string | undefined;
      do {
        const page = valueOf(
          await registry.tags(at(repository, 'a'), { limit: 2, ...(after !== undefined && { after }) }, never),
        );
        listed.push(...(page?.tags ?? []));
        after = page?.next;
      } while (after !== undefined);
      expect(listed.sort()).toEqual(tags);
    });

    test('what is no name of an image is not sent', async () => {
      const image = { ...at(repository, 'v1'), repository: '../a?b' };
      expect(await registry.digest(image, never)).toMatchObject({ failure: { code: 'invalid-reference' } });
      expect(await registry.tag(at(repository, 'v1'), 'a/b', never)).toMatchObject({
        failure: { code: 'invalid-reference' },
      });
    });

    test('a call ends with the reason of its signal', async () => {
      const reason = new Error('enough');
      await expect(registry.digest(at(repository, 'v1'), AbortSignal.abort(reason))).rejects.toBe(reason);
    });
  });
}
