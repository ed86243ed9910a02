import { testStoreAnnex } from '../../../test/contracts/store-annex.contract.ts';
import { testStoreFloor } from '../../../test/contracts/store-floor.contract.ts';
import { testStorePages } from '../../../test/contracts/store-pages.contract.ts';
import { testStoreProperties } from '../../../test/contracts/store-properties.contract.ts';
import { testStore } from '../../../test/contracts/store.contract.ts';
import { memoryRig } from '../../../test/rigs/memory-rig.ts';

testStore('the memory store', memoryRig);
testStorePages('the memory store', memoryRig);
testStoreAnnex('the memory store', memoryRig);
testStoreFloor('the memory store', memoryRig);
testStoreProperties('the memory store', memoryRig, 100);
