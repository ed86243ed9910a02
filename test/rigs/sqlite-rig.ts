import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import type { StoreRig } from './store-rig.ts';
import { Processes } from './store-rig.ts';

/** Its own state folder. Stores opened in one process stand for several processes. */
export async function sqliteRig(): Promise<StoreRig & { readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-store-'));
  const processes = new Processes();
  const stores: Store[] = [];
  return {
    folder,
    processes,
    open: async (process) => {
      const store = await openSqliteStore({
        folder: join(folder, 'state'),
        owner: processes.identity(process),
        clock: processes.clock,
        isAlive: processes.isAlive,
      });
      stores.push(store);
      return store;
    },
    [Symbol.asyncDispose]: async () => {
      for (const store of stores) await store[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
