import type { ConfirmOwner } from '../../model/ownership.ts';
import type { ArtifactStore, CacheStore } from '../../workspace/workspace.ts';

/** Returns the same store. It rejects new artifacts once `confirm` throws, even while files arrive. */
export function artifactsWhileOwned(store: ArtifactStore, confirm: ConfirmOwner): ArtifactStore {
  return {
    collect: async (request) => {
      const read = async (path: string) => {
        confirm();
        const tar = await request.read(path);
        return tar && confirmedToTheEnd(tar, confirm);
      };
      return await store.collect({ ...request, read });
    },
    claim: async (...claim) => await store.claim(...claim),
    overlay: (artifacts) => store.overlay(artifacts),
    list: async (artifact) => await store.list(artifact),
    writeTo: async (...target) => await store.writeTo(...target),
  };
}

/** Returns the same caches. They replace no cache once `confirm` throws. */
export function cachesWhileOwned(store: CacheStore, confirm: ConfirmOwner): CacheStore {
  return {
    restore: async (...cache) => await store.restore(...cache),
    save: async (project, path, tar, signal) => {
      confirm();
      return await store.save(project, path, confirmedToTheEnd(tar, confirm), signal);
    },
    list: async () => await store.list(),
  };
}

/** Throws at the end if the lease is lost, so that the reader discards what it read. */
async function* confirmedToTheEnd(tar: AsyncIterable<Uint8Array>, confirm: ConfirmOwner): AsyncIterable<Uint8Array> {
  yield* tar;
  confirm();
}
