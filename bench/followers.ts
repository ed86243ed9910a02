/**
 * Measures how many events per second the owner of a run appends while others follow it. Followers run in this process
 * and in others; some are stopped.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface, type Interface } from 'node:readline';
import { makeRunId, type RunId } from '../src/model/ids.ts';
import type { StampedEvent } from '../src/events/event.ts';
import type { RunReader } from '../src/store/store.ts';
import { temporaryFolder } from './rig/folder.ts';
import { inRounds, median, medianRatio } from './rig/rounds.ts';
import { openBenchStore } from './rig/services.ts';
import { readSettings } from './rig/settings.ts';
import { figure, printMachine, printTable } from './rig/table.ts';
import { appendAll } from './rig/typical-events.ts';

const events = 20_000;
const batch = 100;

const queued: StampedEvent = {
  at: Date.now(),
  type: 'run.queued',
  format: 1,
  number: 1,
  name: 'bench',
  source: { project: '/bench', directory: '/bench', file: '.wharf-ci.yml' },
  trigger: { kind: 'command' },
  annotations: {},
};

interface Situation {
  readonly name: string;
  readonly here?: number;
  readonly elsewhere?: number;
  /** How many of `elsewhere` are stopped. */
  readonly stopped?: number;
  /** Followers in this process that read one event and then stop. */
  readonly idle?: number;
}

const situations: readonly Situation[] = [
  { name: 'no follower' },
  { name: '1 in this process', here: 1 },
  { name: '1 in this process that stopped reading', idle: 1 },
  { name: '100 in this process', here: 100 },
  { name: '100 in this process that stopped reading', idle: 100 },
  { name: '5 in other processes', elsewhere: 5 },
  { name: '5 in other processes, one of them stopped', elsewhere: 5, stopped: 1 },
  { name: '5 in other processes, all of them stopped', elsewhere: 5, stopped: 5 },
];

async function measure(): Promise<void> {
  const { rounds } = readSettings(7);
  printMachine();
  const caughtUpAfter = situations.map((): number[] => []);
  const measured = await inRounds(
    situations.map((situation, i) => ({
      name: situation.name,
      once: async (round: number) => {
        const { perSecond, caughtUpMs } = await appendWhile(situation);
        if (round >= 0) caughtUpAfter[i]!.push(caughtUpMs);
        return perSecond;
      },
    })),
    rounds,
  );
  const alone = measured[0]!.values;
  printTable(
    `${events} events appended, ${batch} at a time, SQLite store; ${rounds} rounds`,
    ['', 'events/s', 'min', 'max', 'ratio', 'delivered after, ms'],
    measured.map(({ name, values }, i) => [
      name,
      figure(median(values)),
      figure(Math.min(...values)),
      figure(Math.max(...values)),
      medianRatio(values, alone).toFixed(2),
      figure(median(caughtUpAfter[i]!)),
    ]),
  );
}

async function appendWhile({
  here = 0,
  idle = 0,
  elsewhere = 0,
  stopped = 0,
}: Situation): Promise<{ perSecond: number; caughtUpMs: number }> {
  await using folder = await temporaryFolder();
  await using store = await openBenchStore(folder.path);
  const run = await store.create({
    id: makeRunId(Date.now(), randomBytes(10)),
    project: '/bench',
    createdAt: Date.now(),
  });
  await run.log.append([queued]);
  const leaving = new AbortController();
  const idlers = Array.from({ length: idle }, () =>
    run.log.follow(0, leaving.signal, 'finished')[Symbol.asyncIterator](),
  );
  for (const idler of idlers) await idler.next();
  const followers = Array.from({ length: here }, async () => await countEvents(run.log));
  const others = await Promise.all(
    Array.from({ length: elsewhere }, async () => await Other.begin(folder.path, run.id)),
  );
  for (const other of others.slice(0, stopped)) other.process.kill('SIGSTOP');

  const before = performance.now();
  await appendAll(run, events, batch);
  const appended = performance.now();
  await Promise.all([...followers, ...others.slice(stopped).map(async (other) => await other.end())]);
  const seen = performance.now();

  for (const other of others) other.process.kill('SIGCONT');
  for (const count of await Promise.all([...followers, ...others.map(async (other) => await other.end())])) {
    if (count !== events + 2) throw new Error(`a follower saw ${count} of ${events + 2} events`);
  }
  leaving.abort();
  await run.release();
  return { perSecond: events / ((appended - before) / 1_000), caughtUpMs: seen - appended };
}

async function countEvents(reader: RunReader): Promise<number> {
  let count = 0;
  for await (const _ of reader.follow(0, new AbortController().signal, 'finished')) count++;
  return count;
}

async function followElsewhere(folder: string, run: RunId): Promise<void> {
  await using store = await openBenchStore(folder);
  await using reader = await store.read(run);
  let count = 0;
  for await (const _ of reader.follow(0, new AbortController().signal, 'finished'))
    if (++count === 1) console.log('following');
  console.log(count);
}

/** A follower in another process. It prints `following`, then the number of events. */
class Other {
  readonly #lines: Interface;
  readonly #counted: Promise<number>;

  private constructor(readonly process: ChildProcess) {
    this.#lines = createInterface({ input: process.stdout! });
    this.#counted = new Promise((resolve, reject) => {
      this.#lines.on('line', (text) => text !== 'following' && resolve(Number(text)));
      process.once('exit', (code) => code !== 0 && reject(new Error(`a follower exited with code ${code}`)));
    });
  }

  static async begin(folder: string, run: RunId): Promise<Other> {
    const other = new Other(
      spawn(process.execPath, [process.argv[1]!, '--follower', folder, run], { stdio: ['ignore', 'pipe', 'inherit'] }),
    );
    await new Promise((resolve) => other.#lines.once('line', resolve));
    return other;
  }

  async end(): Promise<number> {
    return await this.#counted;
  }
}

const [, , mode, folderOfOther = '', runOfOther = ''] = process.argv;
if (mode === '--follower') await followElsewhere(folderOfOther, runOfOther as RunId);
else await measure();
