/**
 * Measures how many events per second readers get: stored ones, and new ones while the owner appends.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { makeRunId, type RunId } from '../src/model/ids.ts';
import type { OwnedRun, RunReader } from '../src/store/store.ts';
import { addNotes } from './rig/add-notes.ts';
import { temporaryFolder } from './rig/folder.ts';
import { inRounds, median, medianRatio } from './rig/rounds.ts';
import { openBenchStore } from './rig/services.ts';
import { readSettings } from './rig/settings.ts';
import { figure, printMachine, printTable } from './rig/table.ts';
import { appendAll } from './rig/typical-events.ts';

/** An argument sets another size. */
const count = Number(
  process.argv.slice(2).find((word, i, all) => /^\d+$/.test(word) && all[i - 1] !== '--rounds') ?? 100_000,
);
const batch = 250;
/** The word `stored` leaves out what is measured by the clock. */
const storedOnly = process.argv.includes('stored');
const line = Buffer.from(`${'x'.repeat(79)}\n`);
const never = new AbortController().signal;

interface Reading {
  readonly name: string;
  /** Returns the number of events. */
  readonly read: (reader: RunReader) => Promise<number>;
}

const readings: readonly Reading[] = [
  { name: 'events', read: eventsOf },
  { name: 'pages, not opened', read: async (reader) => await pagesOf(reader, () => undefined) },
  { name: 'pages of events', read: async (reader) => await pagesOf(reader, (page) => page.events) },
  { name: 'pages of JSON', read: async (reader) => await pagesOf(reader, (page) => page.json) },
  { name: 'pages of JSON, by line', read: async (reader) => await pagesOf(reader, (page) => page.lines) },
];

async function measure(): Promise<void> {
  const { rounds } = readSettings(7);
  printMachine();
  await using folder = await temporaryFolder();
  await using store = await openBenchStore(folder.path);
  const run = await newRun(store);
  await appendAll(run, count, batch);
  const stored = await inRounds(
    [
      ...readings.map(({ name, read }) => ({
        name: `stored, ${name}`,
        once: async () => {
          // Its own store: the owner's process keeps the newest events.
          await using elsewhere = await openBenchStore(folder.path);
          await using reader = await elsewhere.read(run.id);
          return await perSecond(() => read(reader));
        },
      })),
      ...(storedOnly ? [] : liveReadings),
    ],
    rounds,
  );
  const first = stored[0]!.values;
  printTable(
    `${count} events: nine lines of output of ${line.length} bytes, then a fact; SQLite store; ${rounds} rounds; stored ones by CPU time`,
    ['', 'events/s', 'min', 'max', 'ratio'],
    stored.map(({ name, values }) => [
      name,
      figure(median(values)),
      figure(Math.min(...values)),
      figure(Math.max(...values)),
      medianRatio(values, first).toFixed(2),
    ]),
  );
}

const liveReadings = [
  { name: 'append, no reader', once: async () => (await live(0)).appended },
  { name: 'append, 1 reader of JSON in this process', once: async () => (await live(1)).appended },
  { name: 'read by 1 meanwhile', once: async () => (await live(1)).read },
  { name: 'append, 20 readers of JSON in this process', once: async () => (await live(20)).appended },
  { name: 'read by each of 20 meanwhile', once: async () => (await live(20)).read },
  { name: 'append, 1 reader of JSON in a thread', once: async () => (await live(0, 1)).appended },
  { name: 'read by it meanwhile', once: async () => (await live(0, 1)).read },
  { name: 'append, 20 readers of JSON in one thread', once: async () => (await live(0, 20)).appended },
  { name: 'append, another process adds a note each 2 ms', once: async () => (await live(0, 0, true)).appended },
];

async function newRun(store: Awaited<ReturnType<typeof openBenchStore>>): Promise<OwnedRun> {
  return await store.create({
    id: makeRunId(Date.now(), randomBytes(10)),
    project: '/bench',
    createdAt: Date.now(),
  });
}

async function live(readers: number, inThread = 0, annex = false): Promise<{ appended: number; read: number }> {
  await using folder = await temporaryFolder();
  await using store = await openBenchStore(folder.path);
  const run = await newRun(store);
  const thread =
    inThread === 0 ? undefined : await Thread.open({ folder: folder.path, run: run.id, readers: inThread });
  const adding = annex ? spawn(process.execPath, [process.argv[1]!, '--annex', folder.path, run.id]) : undefined;
  if (adding !== undefined) await once(adding.stdout, 'data');
  const before = performance.now();
  const reading = Array.from({ length: readers }, async () => await pagesOf(run.log, (page) => page.json));
  await appendAll(run, count, batch);
  const appended = performance.now() - before;
  for (const seen of await Promise.all(reading))
    if (!annex && seen !== count + 1) throw new Error(`a reader saw ${seen}`);
  await thread?.ended;
  const read = performance.now() - before;
  adding?.kill();
  await run.release();
  return { appended: count / (appended / 1_000), read: count / (read / 1_000) };
}

interface ThreadWork {
  readonly folder: string;
  readonly run: RunId;
  readonly readers: number;
}

/** A thread that opens the store on its own, as a server beside the run does. */
class Thread {
  private constructor(readonly ended: Promise<unknown>) {}

  static async open(work: ThreadWork): Promise<Thread> {
    const worker = new Worker(process.argv[1]!, { workerData: work, argv: [String(count)] });
    const ended = once(worker, 'exit');
    await once(worker, 'message');
    return new Thread(ended);
  }
}

async function readInThread({ folder, run, readers }: ThreadWork): Promise<void> {
  await using store = await openBenchStore(folder);
  await using reader = await store.read(run);
  parentPort?.postMessage('reading');
  const reading = Array.from({ length: readers }, async () => await pagesOf(reader, (page) => page.json));
  for (const seen of await Promise.all(reading)) if (seen !== count + 1) throw new Error(`a reader saw ${seen}`);
}

/** Per second of CPU time of all threads: other load does not change it. */
async function perSecond(read: () => Promise<number>): Promise<number> {
  const before = process.cpuUsage();
  const seen = await read();
  if (seen !== count + 1) throw new Error(`a reader saw ${seen} of ${count + 1} events`);
  const { user, system } = process.cpuUsage(before);
  return seen / ((user + system) / 1_000_000);
}

async function eventsOf(reader: RunReader): Promise<number> {
  let seen = 0;
  for await (const _ of reader.follow(0, never, 'finished')) seen += 1;
  return seen;
}

async function pagesOf(
  reader: RunReader,
  open: (page: { events: readonly unknown[]; json: Buffer; lines: readonly Buffer[] }) => unknown,
): Promise<number> {
  let through = 0;
  for await (const page of reader.pages(0, never, 'finished')) {
    open(page);
    through = page.through;
  }
  return through;
}

const [, , mode, folderOfOther = '', runOfOther = ''] = process.argv;
if (!isMainThread) await readInThread(workerData as ThreadWork);
else if (mode === '--annex') await addNotes(folderOfOther, runOfOther as RunId, 2);
else await measure();
