/** Measures the overhead of a step, with 10,000 steps in 100 stages on the fake runtime, stored on disk. */
import { applyEvent, emptyRunState } from '../src/events/run-state.ts';
import { fakeProvider } from '../src/runtime/fake/fake-provider.ts';
import type { RunReader } from '../src/store/store.ts';
import { sizeOf, temporaryFolder } from './rig/folder.ts';
import { median } from './rig/rounds.ts';
import { benchServices, driven, stagesOf, startOn } from './rig/services.ts';
import { readSettings } from './rig/settings.ts';
import { figure, printMachine, printTable } from './rig/table.ts';
import { systemClock } from '../src/model/clock.ts';

const stages = 100;
const stepsEach = 100;
const steps = stages * stepsEach;

interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
  readonly bytes: number;
}

const { rounds } = readSettings(5);
printMachine();
await runAll(false);
const alone: Cost[] = [];
const followed: Cost[] = [];
for (let round = 0; round < rounds; round++) {
  alone.push(await runAll(false));
  followed.push(await runAll(true));
}
printTable(
  `${steps} steps in ${stages} stages, fake runtime, SQLite store; ${rounds} rounds, per step`,
  ['', 'ms', 'min', 'max', 'ms of CPU', 'bytes stored', 'goal'],
  [row('no follower', alone), row('one follower folds the events', followed)],
);

function row(name: string, costs: readonly Cost[]): string[] {
  const ms = costs.map((cost) => cost.ms / steps);
  const middle = (of: (cost: Cost) => number) => figure(median(costs.map(of)) / steps);
  return [
    name,
    figure(median(ms)),
    figure(Math.min(...ms)),
    figure(Math.max(...ms)),
    middle((cost) => cost.cpuMs),
    middle((cost) => cost.bytes),
    '0.5 ms, 2,000 bytes',
  ];
}

async function runAll(withFollower: boolean): Promise<Cost> {
  await using folder = await temporaryFolder();
  const provider = fakeProvider({ clock: systemClock });
  const services = benchServices({ state: folder.path, provider, stages: stagesOf(stages, stepsEach, 'none') });
  await services.store();
  const cpu = process.cpuUsage();
  const before = performance.now();
  const run = driven(await services.start(startOn(provider)));
  const following = withFollower ? fold(run.events) : undefined;
  const { status } = await run.done;
  await following;
  const ms = performance.now() - before;
  const { user, system } = process.cpuUsage(cpu);
  if (status !== 'succeeded') throw new Error(`the run ended with status ${status}`);
  const store = await services.store();
  const runFolder = store.folder(run.id);
  await services[Symbol.asyncDispose]();
  return { ms, cpuMs: (user + system) / 1_000, bytes: await sizeOf(runFolder) };
}

/** Folds every event, as the command line does before it draws. */
async function fold(events: RunReader): Promise<void> {
  const state = emptyRunState();
  for await (const event of events.follow(0, new AbortController().signal, 'finished')) applyEvent(state, event);
  if (state.steps.size !== steps) throw new Error(`the follower saw ${state.steps.size} steps`);
}
