import { testRunRequests } from '../../../test/contracts/run-requests.contract.ts';
import { testQueuedRuns } from '../../../test/contracts/queued-runs.contract.ts';
import { testRunQueries } from '../../../test/contracts/run-queries.contract.ts';
import { testStoreAnnex } from '../../../test/contracts/store-annex.contract.ts';
import { testStoreFloor } from '../../../test/contracts/store-floor.contract.ts';
import { testStorePages } from '../../../test/contracts/store-pages.contract.ts';
import { testStoreProperties } from '../../../test/contracts/store-properties.contract.ts';
import { testStore } from '../../../test/contracts/store.contract.ts';
import { sqliteRig } from '../../../test/rigs/sqlite-rig.ts';

testStore('the SQLite store', sqliteRig);
testStorePages('the SQLite store', sqliteRig);
testStoreAnnex('the SQLite store', sqliteRig);
testStoreFloor('the SQLite store', sqliteRig);
testStoreProperties('the SQLite store', sqliteRig, 40);
testRunQueries('the SQLite store', sqliteRig);
testQueuedRuns('the SQLite store', sqliteRig, 25);
testRunRequests('the SQLite store', sqliteRig);
