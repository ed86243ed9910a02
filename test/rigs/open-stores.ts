import { afterEach, beforeEach } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import type { StoreRig } from './store-rig.ts';

/** One place of runs, opened by the processes `one` and `two`. */
export interface OpenStores {
  readonly rig: StoreRig;
  readonly store: Store;
  readonly other: Store;
}

/** Opens stores before each test of the enclosing suite, hands them to `take`, and closes them after the test. */
export function openStores(makeRig: () => Promise<StoreRig>, take: (opened: OpenStores) => void): void {
  let rig: StoreRig;
  beforeEach(async () => {
    rig = await makeRig();
    take({ rig, store: await rig.open('one'), other: await rig.open('two') });
  });
  afterEach(async () => {
    await rig[Symbol.asyncDispose]();
  });
}
