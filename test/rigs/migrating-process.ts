/**
 * A process that opens a state folder of an older format. It prints `ready`, waits for SIGUSR2, and then:
 *
 *     open FOLDER    prints the ids of the runs
 *     die FOLDER     is killed in the middle of the migration of the index
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { Connection } from '../../src/store/sqlite/connection.ts';
import { indexSchema } from '../../src/store/sqlite/index-schema.ts';
import type { Migration } from '../../src/store/sqlite/prepare-file.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { Processes } from './store-rig.ts';

const [command, folder = ''] = process.argv.slice(2);
const alive = setInterval(() => undefined, 60_000);
const told = once(process, 'SIGUSR2');
process.stdout.write('ready\n');
await told;
clearInterval(alive);
if (command === 'die') {
  const fatal = Object.entries(indexSchema.migrations).map(([from, migration]): [string, Migration] => [
    from,
    (database) => {
      if (typeof migration === 'string') database.exec(migration);
      else migration(database);
      process.kill(process.pid, 'SIGKILL');
    },
  ]);
  await Connection.open(join(folder, 'index.db'), { ...indexSchema, migrations: Object.fromEntries(fatal) });
} else {
  const processes = new Processes();
  const store = await openSqliteStore({
    folder,
    owner: processes.identity('opener'),
    clock: processes.clock,
    isAlive: processes.isAlive,
  });
  for (const { id } of await store.runs({})) process.stdout.write(`${id}\n`);
  await store[Symbol.asyncDispose]();
}
