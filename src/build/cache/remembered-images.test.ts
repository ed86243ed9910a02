import { beforeEach, describe, expect, it } from 'vitest';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import { FakeImageBuilder } from '../../runtime/fake/fake-image-builder.ts';
import type { FoundImage } from '../../runtime/image-builder.ts';
import { rememberedImages, type RememberedImages } from './remembered-images.ts';

describe('remembered images', () => {
  const { signal } = new AbortController();
  let asked: string[];
  let answer: () => Promise<Outcome<FoundImage | undefined>>;
  let images: RememberedImages;
  beforeEach(() => {
    asked = [];
    answer = async () => await Promise.resolve(succeeded({ id: 'sha256:1' }));
    const find = async (reference: string) => {
      asked.push(reference);
      return await answer();
    };
    images = rememberedImages(Object.assign(new FakeImageBuilder(), { find }));
  });

  it('are looked up once, also at once, and if they are missing', async () => {
    await Promise.all([images.find('a', signal), images.find('a', signal)]);
    answer = async () => await Promise.resolve(succeeded(undefined));
    await images.find('b', signal);
    expect(await images.find('b', signal)).toEqual(succeeded(undefined));
    expect(asked).toEqual(['a', 'b']);
  });

  it('are looked up again after `forget`, and one after its tag was moved', async () => {
    const both = async () => [await images.find('a', signal), await images.find('b', signal)];
    await both();
    await images.tag('sha256:1', 'a', signal);
    await both();
    expect(asked).toEqual(['a', 'b', 'a']);
    images.forget();
    await both();
    expect(asked).toEqual(['a', 'b', 'a', 'a', 'b']);
  });

  it('do not share a failure', async () => {
    let isFirst = true;
    answer = async () => {
      const fails = isFirst;
      isFirst = false;
      return await Promise.resolve(fails ? failed({ code: 'runtime-lost', detail: '' }) : succeeded(undefined));
    };
    const [one, other] = await Promise.all([images.find('a', signal), images.find('a', signal)]);
    expect([one.status, other.status]).toEqual(['failed', 'succeeded']);
  });
});
