import { testStore } from '../../../test/contracts/store.contract.ts';
import { Processes } from '../../../test/rigs/store-rig.ts';
import { MemoryState } from './memory-state.ts';
import { openMemoryStore } from './memory-store.ts';

testStore('the memory store', async () => {
  const processes = new Processes();
  const state = new MemoryState();
  return {
    processes,
    open: async (process) => openMemoryStore({ state, owner: processes.identity(process), clock: processes.clock, isAlive: processes.isAlive }),
    [Symbol.asyncDispose]: async () => state[Symbol.dispose](),
  };
});
