/** Computes which runs `prune` removes, from the runs and the policy. */
import type { RunId } from '../model/ids.ts';
import { byProject, confirmedTime, plausibleTimes } from './run-times.ts';
import type { RunSummary, Retention } from './store.ts';
import { isEnd } from '../model/status.ts';

export interface PrunableRun {
  readonly summary: RunSummary;
  /** The size of the run's folder. */
  readonly bytes: number;
}

/** Default limits keep this many of the newest runs of a project, whatever their age or size. */
const safeFromAge = 5;
const safeFromSize = 1;

/**
 * Returns the runs to remove, oldest first. Never returns a run with a living owner, and an interrupted run only if it
 * is named. Age, count and size select a project's runs by number, whatever the clocks said.
 */
export function planPrune(runs: readonly PrunableRun[], policy: Retention): readonly PrunableRun[] {
  const named = new Set<RunId>(policy.runs);
  const times = timesOf(runs, policy.now);
  const oldestFirst = [...runs].sort((a, b) => timeOf(times, a) - timeOf(times, b) || inOrder(a.summary, b.summary));
  const chosen = new Set<PrunableRun>();
  for (const run of oldestFirst) if (named.has(run.summary.id) && !isDriven(run.summary)) chosen.add(run);
  chooseByAge(oldestFirst, times, policy, chosen);
  chooseByCount(oldestFirst, policy, chosen);
  chooseBySize(oldestFirst, policy, chosen);
  return oldestFirst.filter((run) => chosen.has(run));
}

/** Returns the time from which ages count, in milliseconds since 1970. */
export function countedFrom(runs: readonly PrunableRun[], { now, cautious }: Retention): number {
  return cautious === true
    ? confirmedTime(
        runs.map(({ summary }) => summary),
        now,
      )
    : now;
}

function timesOf(runs: readonly PrunableRun[], now: number): ReadonlyMap<RunId, number> {
  return new Map(
    [
      ...plausibleTimes(
        runs.map(({ summary }) => summary),
        now,
      ),
    ].map(([{ id }, time]) => [id, time]),
  );
}

function timeOf(times: ReadonlyMap<RunId, number>, { summary }: PrunableRun): number {
  return times.get(summary.id) ?? 0;
}

function inOrder(a: RunSummary, b: RunSummary): number {
  if (a.project !== b.project) return a.project < b.project ? -1 : 1;
  return a.number - b.number;
}

function isDriven({ status }: RunSummary): boolean {
  return !isEnd(status) && status !== 'interrupted';
}

/** Returns the newest `count` runs of each project. */
function newest(runs: readonly PrunableRun[], { cautious }: Retention, count: number): ReadonlySet<RunId> {
  if (cautious !== true) return new Set();
  const projects = [...byProject(runs.map(({ summary }) => summary)).values()];
  return new Set(projects.flatMap((ofProject) => ofProject.slice(-count).map(({ id }) => id)));
}

function chooseByAge(
  oldestFirst: readonly PrunableRun[],
  times: ReadonlyMap<RunId, number>,
  policy: Retention,
  chosen: Set<PrunableRun>,
): void {
  const { maxAgeMs } = policy;
  if (maxAgeMs === undefined) return;
  const from = countedFrom(oldestFirst, policy);
  const safe = newest(oldestFirst, policy, safeFromAge);
  const next = policy.cautious === true ? nextOfProject(oldestFirst) : new Map<PrunableRun, PrunableRun>();
  for (const run of oldestFirst) {
    // The next run confirms the age of a run whose clock was behind.
    const at = timeOf(times, next.get(run) ?? run);
    if (isEnd(run.summary.status) && !safe.has(run.summary.id) && from - at > maxAgeMs) chosen.add(run);
  }
}

function nextOfProject(oldestFirst: readonly PrunableRun[]): ReadonlyMap<PrunableRun, PrunableRun> {
  const last = new Map<string, PrunableRun>();
  const next = new Map<PrunableRun, PrunableRun>();
  for (const run of oldestFirst) {
    const before = last.get(run.summary.project);
    if (before !== undefined) next.set(before, run);
    last.set(run.summary.project, run);
  }
  return next;
}

/** Counts every run of the project, but returns only finished ones. */
function chooseByCount(
  oldestFirst: readonly PrunableRun[],
  { maxRunsPerProject }: Retention,
  chosen: Set<PrunableRun>,
): void {
  if (maxRunsPerProject === undefined) return;
  const left = new Map<string, number>();
  for (const run of oldestFirst)
    if (!chosen.has(run)) left.set(run.summary.project, (left.get(run.summary.project) ?? 0) + 1);
  for (const run of oldestFirst) {
    const count = left.get(run.summary.project) ?? 0;
    if (count <= maxRunsPerProject || chosen.has(run) || !isEnd(run.summary.status)) continue;
    chosen.add(run);
    left.set(run.summary.project, count - 1);
  }
}

function chooseBySize(oldestFirst: readonly PrunableRun[], policy: Retention, chosen: Set<PrunableRun>): void {
  const { maxBytes } = policy;
  if (maxBytes === undefined) return;
  const safe = newest(oldestFirst, policy, safeFromSize);
  let left = oldestFirst.reduce((sum, run) => sum + (chosen.has(run) ? 0 : run.bytes), 0);
  for (const run of oldestFirst) {
    if (left <= maxBytes) return;
    if (chosen.has(run) || safe.has(run.summary.id) || !isEnd(run.summary.status)) continue;
    chosen.add(run);
    left -= run.bytes;
  }
}
