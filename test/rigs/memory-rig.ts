import { MemoryState } from '../../src/store/memory/memory-state.ts';
import { openMemoryStore } from '../../src/store/memory/memory-store.ts';
import type { StoreRig } from './store-rig.ts';
import { Processes } from './store-rig.ts';

/** An in-memory store that several processes share. */
export async function memoryRig(): Promise<StoreRig> {
  const processes = new Processes();
  const state = new MemoryState();
  return await Promise.resolve({
    processes,
    open: async (process: string) =>
      openMemoryStore({
        state,
        owner: processes.identity(process),
        clock: processes.clock,
        isAlive: processes.isAlive,
      }),
    [Symbol.asyncDispose]: async () => state[Symbol.dispose](),
  });
}
