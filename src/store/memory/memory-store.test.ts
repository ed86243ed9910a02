import { testRunRequests } from '../../../test/contracts/run-requests.contract.ts';
import { testQueuedRuns } from '../../../test/contracts/queued-runs.contract.ts';
import { testRunQueries } from '../../../test/contracts/run-queries.contract.ts';
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
testRunQueries('the memory store', memoryRig);
testQueuedRuns('the memory store', memoryRig, 100);
testRunRequests('the memory store', memoryRig);
