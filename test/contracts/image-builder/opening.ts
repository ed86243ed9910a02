import { expect, test } from 'vitest';
import { Cancelled, type Outcome } from '../../../src/model/outcome.ts';
import { readTar } from '../../../src/tar/tar-reader.ts';
import type { OpenedImage } from '../../../src/runtime/opened-image.ts';
import { recordingWork } from '../../rigs/recording-work.ts';
import type { ImageBuilderContract } from './under-test.ts';

/** Images that are opened to be read. */
export function openingContract({ traits, subject, unique, buildOf }: ImageBuilderContract): void {
  const signal = new AbortController().signal;
  const place = () => ({ name: `contract-image-${unique()}`, labels: {} });
  const open = async (image: string, work = recordingWork().work): Promise<Outcome<OpenedImage>> =>
    (await subject().builder.open?.(image, place(), work)) ?? {
      status: 'failed',
      failure: { code: 'unsupported', detail: 'no open' },
    };
  /** Builds and opens an image without any program. */
  const opened = async (lines: readonly string[], labels: Readonly<Record<string, string>> = {}) => {
    const build = buildOf(lines, { labels }, [
      { path: 'file', content: 'the content' },
      { path: 'folder/inner', content: 'inner' },
    ]);
    const built = await subject().builder.build(build, recordingWork().work);
    if (built.status !== 'succeeded') throw new Error(JSON.stringify(built));
    const image = await open(build.references[0] ?? '');
    if (image.status !== 'succeeded') throw new Error(JSON.stringify(image));
    return { id: built.value.id, image: image.value };
  };

  test('is absent if it keeps no images', (context) => {
    if (traits.keepsImages) return context.skip('this builder keeps images');
    expect('open' in subject().builder).toBe(false);
  });

  test('returns files and folders of an image without programs', async (context) => {
    if (!traits.keepsImages) return context.skip('this builder keeps no images');
    const { id, image } = await opened(['FROM scratch', 'COPY . /data']);
    await using _ = image;
    expect(image.id).toBe(id);
    expect(await entriesOf(image, '/data/file')).toEqual(['file file the content']);
    expect(await entriesOf(image, '/data/folder')).toEqual(['directory folder ', 'file folder/inner inner']);
    expect(await image.copyOut('/data/none', signal)).toBeUndefined();
    expect(await image.copyOut('/data/file/none', signal)).toBeUndefined();
    expect(await image.owner('/data/file', signal)).toEqual({ uid: 0, gid: 0 });
    expect(await image.owner('/data/none', signal)).toBeUndefined();
  });

  test('answers for paths that cannot exist', async (context) => {
    if (!traits.keepsImages) return context.skip('this builder keeps no images');
    const { image } = await opened(['FROM scratch', 'COPY . /data']);
    await using _ = image;
    for (const path of ['/a\0b', `/${'a'.repeat(300)}`, `/${'a'.repeat(5_000)}`, '/a'.repeat(2_500)]) {
      expect(await image.copyOut(path, signal)).toBeUndefined();
      expect(await image.owner(path, signal)).toBeUndefined();
    }
  });

  test('returns the configuration', async (context) => {
    if (!traits.keepsImages) return context.skip('this builder keeps no images');
    const { image } = await opened(
      [
        ...['FROM scratch', 'COPY . /data', 'ENV WHO=world', 'LABEL vendor=shop', 'EXPOSE 8080', 'EXPOSE 53/udp'],
        ...['VOLUME /data', 'WORKDIR /data', 'USER 7:8', 'ENTRYPOINT ["/app", "-v"]', 'CMD ["serve"]'],
      ],
      { 'built.by': 'contract' },
    );
    await using _ = image;
    const { env, exposedPorts, ...config } = image.config;
    expect(env).toContain('WHO=world');
    expect(new Set(exposedPorts)).toEqual(new Set(['8080/tcp', '53/udp']));
    expect(config).toMatchObject({
      ...{ entrypoint: ['/app', '-v'], cmd: ['serve'], volumes: ['/data'], workdir: '/data', user: '7:8' },
      labels: { vendor: 'shop', 'built.by': 'contract' },
    });
  });

  test('fails for a missing image', async (context) => {
    if (!traits.keepsImages) return context.skip('this builder keeps no images');
    const image = `localhost/slipway-test/${unique()}:1`;
    expect(await open(image)).toMatchObject({ status: 'failed', failure: { code: 'image-unavailable', image } });
  });

  test('is cancelled by its signal', async (context) => {
    if (!traits.keepsImages) return context.skip('this builder keeps no images');
    const { work } = recordingWork(AbortSignal.abort(new Cancelled('user')));
    expect(await open(subject().base, work)).toEqual({ status: 'cancelled', because: 'user' });
  });

  async function entriesOf(image: OpenedImage, path: string): Promise<readonly string[]> {
    const tar = await image.copyOut(path, signal);
    const entries: string[] = [];
    for await (const { header, body } of readTar(tar ?? failing(path))) {
      const parts: Uint8Array[] = [];
      for await (const part of body) parts.push(Buffer.from(part));
      entries.push(`${header.type} ${header.name.toString()} ${Buffer.concat(parts).toString()}`);
    }
    return entries.sort();
  }

  function failing(path: string): never {
    throw new Error(`no ${path}`);
  }
}
