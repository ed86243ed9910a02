import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import type { RegistryFailure } from '../../registry/registry-failure.ts';
import { publishedImages } from './published-images.ts';

describe('images of registries, for the cache', () => {
  const push = { insecure: false };
  const work = { signal: new AbortController().signal, clock: new ManualClock(0) };
  const failure: RegistryFailure = { kind: 'denied', message: 'no' } as unknown as RegistryFailure;
  /** Digests by `repository:tag`, or a digest. */
  let has: Map<string, string>;
  let refuses: 'nothing' | 'tags' | 'all';
  let requests: string[];
  beforeEach(() => {
    has = new Map([
      ['team/app:1', 'sha256:a'],
      ['team/app:sha256:a', 'sha256:a'],
    ]);
    refuses = 'nothing';
    requests = [];
  });

  const images = publishedImages(({ registry }) => ({
    digest: async ({ repository, tag }) => {
      requests.push(`${registry} ${repository}:${tag}`);
      const digest = has.get(`${repository}:${tag}`);
      if (refuses === 'all') return await Promise.resolve({ failure });
      return { value: digest === undefined ? undefined : { digest, mediaType: '', size: 1 } };
    },
    tag: async ({ repository, tag: from }, tag) => {
      requests.push(`tag ${tag}`);
      if (refuses !== 'nothing') return await Promise.resolve({ failure });
      has.set(`${repository}:${tag}`, has.get(`${repository}:${from}`) ?? '');
      return { value: { digest: '', mediaType: '', size: 1 } };
    },
    [Symbol.dispose]: () => requests.push('closed'),
  }));
  const retag = async (to = 'r.example/team/app:2', from = 'r.example/team/app@sha256:a') =>
    await images.retag(from, to, push, work);

  it('have the digest of their tag', async () => {
    expect(await images.digest('r.example/team/app:1', push, work)).toBe('sha256:a');
    expect(await images.digest('r.example/team/app:2', push, work)).toBeUndefined();
    expect(requests).toEqual(['r.example team/app:1', 'closed', 'r.example team/app:2', 'closed']);
  });

  it('get another tag, unless they have it', async () => {
    expect([await retag(), has.get('team/app:2')]).toEqual(['sha256:a', 'sha256:a']);
    requests = [];
    expect(await retag()).toBe('sha256:a');
    expect(requests).not.toContain('tag 2');
  });

  it('move a tag of another image', async () => {
    has.set('team/app:2', 'sha256:b');
    expect([await retag(), has.get('team/app:2')]).toEqual(['sha256:a', 'sha256:a']);
  });

  it.each<[string, () => void, string?]>([
    ['that are gone', () => has.clear()],
    ['of a registry that refuses', () => (refuses = 'all')],
    ['of a registry that refuses the tag', () => (refuses = 'tags')],
    ['of another repository', () => undefined, 'r.example/team/other:2'],
    ['of another registry', () => undefined, 's.example/team/app:2'],
  ])('%s get none', async (_, change, to) => {
    change();
    expect(await retag(to)).toBeUndefined();
    expect(has.has('team/app:2')).toBe(false);
  });
});
