/**
 * A process that takes queued runs of a state folder and drives each to its end, the oldest first, until none waits:
 *
 *     work FOLDER      prints the id of each run that it has ended
 *     cancel FOLDER    ends them as cancelled, the newest first
 */
import { systemClock } from '../../src/model/clock.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { isProcessAlive, readProcessIdentity } from '../../src/util/process-identity.ts';
import { finished, noted, queued, started } from './store-rig.ts';

const [command, folder = ''] = process.argv.slice(2);
const self = readProcessIdentity();
await using store = await openSqliteStore({
  folder,
  owner: self,
  clock: systemClock,
  isAlive: (identity) => isProcessAlive(identity, self),
});
for (;;) {
  const waiting = (await store.runs({ statuses: ['queued'] })).filter(({ owner }) => owner === undefined);
  const next = command === 'cancel' ? waiting[0] : waiting.at(-1);
  if (next === undefined) break;
  const taken = await store.take(next.id);
  if (taken.status !== 'owned') continue;
  const { run } = taken;
  if (command !== 'cancel') await run.log.append([queued(), started(), noted(`by ${process.pid}`)]);
  await run.log.append(command === 'cancel' ? [queued(), finished('cancelled')] : [finished()]);
  await run.release();
  await run.log[Symbol.asyncDispose]();
  process.stdout.write(`${run.id}\n`);
}
