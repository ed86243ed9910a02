/**
 * Measures how long an owner's append takes while other processes add events to the same run without a pause, and how many
 * they add.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { makeRunId, type RunId } from '../src/model/ids.ts';
import { addNotes } from './rig/add-notes.ts';
import { temporaryFolder } from './rig/folder.ts';
import { percentile } from './rig/rounds.ts';
import { openBenchStore } from './rig/services.ts';
import { readSettings } from './rig/settings.ts';
import { figure, printMachine, printTable } from './rig/table.ts';
import { typicalEvent } from './rig/typical-events.ts';

/** Of each owner, 10 events each, with pauses of 5 ms. */
const appends = 300;

interface Measured {
  readonly tookMs: number[];
  added: number;
  overMs: number;
}

async function measure(): Promise<void> {
  const { rounds } = readSettings(5);
  printMachine();
  const writers = [0, 1, 3];
  const measured = writers.map((): Measured => ({ tookMs: [], added: 0, overMs: 0 }));
  for (let round = 0; round < rounds; round++)
    for (const [i, count] of writers.entries()) await append(count, measured[i]!);
  printTable(
    `${appends * rounds} appends of 10 events beside writers of annexes; ms`,
    ['', 'median', 'p95', 'p99', 'max', 'annex events/s'],
    writers.map((count, i) => [
      `${count} other processes`,
      ...[0.5, 0.95, 0.99, 1].map((part) => figure(percentile(measured[i]!.tookMs, part))),
      figure(measured[i]!.added / (measured[i]!.overMs / 1_000)),
    ]),
  );
}

async function append(count: number, into: Measured): Promise<void> {
  await using folder = await temporaryFolder();
  await using store = await openBenchStore(folder.path);
  const id = makeRunId(Date.now(), randomBytes(10));
  const run = await store.create({ id, project: '/bench', createdAt: Date.now() });
  const others = Array.from({ length: count }, () =>
    spawn(process.execPath, [process.argv[1]!, '--annex', folder.path, id], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  await Promise.all(others.map(async ({ stdout }) => void (await once(stdout, 'data'))));
  const first = await run.log.append([typicalEvent(0)]);
  const began = performance.now();
  let last = first;
  for (let index = 0; index < appends; index++) {
    const events = Array.from({ length: 10 }, (_, i) => typicalEvent(index * 10 + i));
    const before = performance.now();
    last = await run.log.append(events);
    into.tookMs.push(performance.now() - before);
    await delay(5);
  }
  into.overMs += performance.now() - began;
  into.added += last - first - appends * 10;
  for (const other of others) other.kill();
  await Promise.all(others.map(async (other) => void (await once(other, 'exit'))));
  await run.release();
}

const [, , mode, folderOfOther = '', runOfOther = ''] = process.argv;
if (mode === '--annex') await addNotes(folderOfOther, runOfOther as RunId, 0);
else await measure();
