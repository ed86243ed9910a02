/** Which runs `prune` removes: a function of what there is and of the policy. */
import type { RunId } from '../model/ids.ts';
import type { RunSummary, Retention } from './store.ts';
import { isEnd } from '../model/status.ts';

export interface PrunableRun {
  readonly summary: RunSummary;
  /** Of its folder. */
  readonly bytes: number;
}

/** Oldest first. Runs with a living owner never; interrupted ones only when they are named. */
export function planPrune(runs: readonly PrunableRun[], policy: Retention): readonly PrunableRun[] {
  const named = new Set<RunId>(policy.runs);
  const oldestFirst = [...runs].sort((a, b) => (a.summary.id < b.summary.id ? -1 : 1));
  const chosen = new Set<PrunableRun>();
  for (const run of oldestFirst) if (named.has(run.summary.id) && !isDriven(run.summary)) chosen.add(run);
  for (const run of oldestFirst) if (isEnd(run.summary.status) && isTooOld(run.summary, policy)) chosen.add(run);
  chooseByCount(oldestFirst, policy, chosen);
  chooseBySize(oldestFirst, policy, chosen);
  return oldestFirst.filter((run) => chosen.has(run));
}

function isDriven({ status }: RunSummary): boolean {
  return !isEnd(status) && status !== 'interrupted';
}

function isTooOld({ finishedAt, createdAt }: RunSummary, { now, maxAgeMs }: Retention): boolean {
  return maxAgeMs !== undefined && now - (finishedAt ?? createdAt) > maxAgeMs;
}

/** Every run of the project counts, only finished ones go. */
function chooseByCount(oldestFirst: readonly PrunableRun[], { maxRunsPerProject }: Retention, chosen: Set<PrunableRun>): void {
  if (maxRunsPerProject === undefined) return;
  const left = new Map<string, number>();
  for (const run of oldestFirst) if (!chosen.has(run)) left.set(run.summary.project, (left.get(run.summary.project) ?? 0) + 1);
  for (const run of oldestFirst) {
    const count = left.get(run.summary.project) ?? 0;
    if (count <= maxRunsPerProject || chosen.has(run) || !isEnd(run.summary.status)) continue;
    chosen.add(run);
    left.set(run.summary.project, count - 1);
  }
}

function chooseBySize(oldestFirst: readonly PrunableRun[], { maxBytes }: Retention, chosen: Set<PrunableRun>): void {
  if (maxBytes === undefined) return;
  let left = oldestFirst.reduce((sum, run) => sum + (chosen.has(run) ? 0 : run.bytes), 0);
  for (const run of oldestFirst) {
    if (left <= maxBytes) return;
    if (chosen.has(run) || !isEnd(run.summary.status)) continue;
    chosen.add(run);
    left -= run.bytes;
  }
}
