import { expect, it } from 'vitest';
import type { ArtifactStore, CacheStore } from '../../workspace/workspace.ts';
import { artifactsWhileOwned, cachesWhileOwned } from './while-owned.ts';

const taken = new Error('taken over');
const { signal } = new AbortController();

function owner() {
  const state = { owns: true };
  return {
    state,
    confirm: () => {
      if (!state.owns) throw taken;
    },
  };
}

/** Reads everything, and keeps it only if the source ends without an error. */
function keeper() {
  const kept: string[] = [];
  const keep = async (tar: AsyncIterable<Uint8Array>) => {
    let text = '';
    for await (const part of tar) text += new TextDecoder().decode(part);
    kept.push(text);
    return text.length;
  };
  const caches = {
    save: async (_project: string, _path: string, tar: AsyncIterable<Uint8Array>) => await keep(tar),
  } as unknown as CacheStore;
  const artifacts = {
    collect: async (request: Parameters<ArtifactStore['collect']>[0]) => {
      const tar = await request.read('');
      if (tar !== undefined) await keep(tar);
      return {};
    },
  } as unknown as ArtifactStore;
  return { kept, caches, artifacts };
}

async function* tar(before: () => void = () => undefined): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode('a');
  before();
  yield new TextEncoder().encode('b');
}

const request = (read: () => AsyncIterable<Uint8Array> | undefined) => ({
  patterns: ['**'],
  stage: 1,
  step: 's',
  read: async () => read(),
  signal,
});

it('an owner keeps artifacts and caches', async () => {
  const { confirm } = owner();
  const { kept, caches, artifacts } = keeper();
  expect(await cachesWhileOwned(caches, confirm).save('p', 'c', tar(), signal)).toBe(2);
  await artifactsWhileOwned(artifacts, confirm).collect(request(() => tar()));
  expect(await artifactsWhileOwned(artifacts, confirm).collect(request(() => undefined))).toEqual({});
  expect(kept).toEqual(['ab', 'ab']);
});

it('an owner that was taken over keeps nothing, even if that happens while files arrive', async () => {
  const { state, confirm } = owner();
  const { kept, caches, artifacts } = keeper();
  const losing = () => tar(() => (state.owns = false));
  await expect(cachesWhileOwned(caches, confirm).save('p', 'c', losing(), signal)).rejects.toBe(taken);
  await expect(cachesWhileOwned(caches, confirm).save('p', 'c', tar(), signal)).rejects.toBe(taken);
  state.owns = true;
  await expect(artifactsWhileOwned(artifacts, confirm).collect(request(losing))).rejects.toBe(taken);
  await expect(artifactsWhileOwned(artifacts, confirm).collect(request(() => tar()))).rejects.toBe(taken);
  expect(kept).toEqual([]);
});
