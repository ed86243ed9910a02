/**
 * A process that uses a state folder as Slipway does. It prints a line for each action.
 *
 *     follow FOLDER RUN [UNTIL]   prints the number of each event, and `end` at the end
 *     drive FOLDER [COUNT]        prints the run's id, then appends COUNT times (default: for ever) with output.
 *                                 Prints the number of each acknowledged append, and `cancel` when cancelled.
 *     annex FOLDER RUN COUNT      appends COUNT notes; prints the number of each acknowledged append
 *     feed FOLDER AFTER           prints run, number and cursor of each notice, for ever
 */
import { systemClock } from '../../src/model/clock.ts';
import type { RunId } from '../../src/model/ids.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { isProcessAlive, readProcessIdentity } from '../../src/util/process-identity.ts';
import { createRun, noted, output, queued, started } from './store-rig.ts';

const [command, folder = '', ...rest] = process.argv.slice(2);
const self = readProcessIdentity();
const store = await openSqliteStore({
  folder,
  owner: self,
  clock: systemClock,
  isAlive: (identity) => isProcessAlive(identity, self),
});

function say(line: string | number): void {
  process.stdout.write(`${line}\n`);
}

async function follow(run: string, until: 'now' | 'finished' | 'forever'): Promise<void> {
  const reader = await store.read(run as RunId);
  for await (const { seq } of reader.follow(0, new AbortController().signal, until)) say(seq);
  say('end');
}

async function drive(count: number): Promise<void> {
  const run = await createRun(store);
  say(run.id);
  void (async () => {
    for await (const request of run.requests(new AbortController().signal)) say(request.type);
  })();
  await run.log.append([queued(), started()]);
  for (let index = 0; index < count; index++)
    say(await run.log.append([noted(String(index)), output('x'.repeat(2_000), index * 2_000)]));
  say('idle');
  setInterval(() => undefined, 60_000);
  await new Promise(() => undefined);
}

async function annex(run: string, count: number): Promise<void> {
  await using open = await store.annex(run as RunId);
  for (let index = 0; index < count; index++)
    say(await open.append([{ type: 'note.added', by: String(process.pid), level: 'info', message: String(index) }]));
}

async function feed(after: number): Promise<void> {
  for await (const { run, seq, cursor } of store.feed.changed(after, new AbortController().signal))
    say(`${run} ${seq} ${cursor}`);
}

if (command === 'annex') await annex(rest[0] ?? '', Number(rest[1] ?? Infinity));
else if (command === 'feed') await feed(Number(rest[0] ?? 0));
else if (command === 'follow') await follow(rest[0] ?? '', (rest[1] ?? 'finished') as 'finished');
else await drive(Number(rest[0] ?? Infinity));
await store[Symbol.asyncDispose]();
