import { testStoreProperties } from '../../../test/contracts/store-properties.contract.ts';
import { testStore } from '../../../test/contracts/store.contract.ts';
import type { StoreRig } from '../../../test/rigs/store-rig.ts';
import { Processes } from '../../../test/rigs/store-rig.ts';
import { MemoryState } from './memory-state.ts';
import { openMemoryStore } from './memory-store.ts';

async function memoryRig(): Promise<StoreRig> {
  const processes = new Processes();
  const state = new MemoryState();
  return {
    processes,
    open: async (process) => openMemoryStore({ state, owner: processes.identity(process), clock: processes.clock, isAlive: processes.isAlive }),
    [Symbol.asyncDispose]: async () => state[Symbol.dispose](),
  };
}

testStore('the memory store', memoryRig);
testStoreProperties('the memory store', memoryRig, 100);
