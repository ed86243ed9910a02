/** Removes runs so that a crash at any point leaves either the whole run or something that the next `prune` finishes. */
import type { Lease } from '../lease.ts';
import type { PrunableRun } from '../retention.ts';
import { countedFrom, planPrune } from '../retention.ts';
import type { Pruned, Retention, RunSummary } from '../store.ts';
import type { RunFolders } from './run-folders.ts';
import type { RunIndex } from './run-index.ts';
import { toStoreError } from './sqlite-errors.ts';

export interface PrunedStore {
  readonly runs: () => Promise<readonly RunSummary[]>;
  readonly index: RunIndex;
  readonly folders: RunFolders;
  readonly isDead: (lease: Lease) => boolean;
}

/** A folder that no line of the index names after this long was left by a `create` that was cut short. */
const orphanAgeMs = 3_600_000;

export async function prune(policy: Retention, store: PrunedStore): Promise<Pruned> {
  if (policy.dryRun !== true) await finishRemovals(policy.now, store);
  const runs: PrunableRun[] = [];
  for (const summary of await store.runs()) runs.push({ summary, bytes: await store.folders.bytes(summary.id) });
  const chosen = planPrune(runs, policy);
  const removed = policy.dryRun === true ? chosen : await remove(chosen, store);
  const gone = new Set(removed);
  const kept = runs.filter((run) => !gone.has(run));
  return {
    removed: removed.map(({ summary: { id, number, project }, bytes }) => ({ run: id, number, project, bytes })),
    kept: kept.length,
    bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0),
    countedFrom: countedFrom(runs, policy),
  };
}

async function remove(chosen: readonly PrunableRun[], { index, folders, isDead }: PrunedStore): Promise<readonly PrunableRun[]> {
  const removed: PrunableRun[] = [];
  for (const run of chosen) {
    const { id } = run.summary;
    if (!(await index.remove(id, isDead, () => folders.moveAway(id)))) continue;
    await deleted(folders, run);
    removed.push(run);
  }
  return removed;
}

async function deleted(folders: RunFolders, { summary: { id } }: PrunableRun): Promise<void> {
  try {
    await folders.deleteMovedAway(id);
  } catch (error) {
    throw toStoreError(error, folders.of(id));
  }
}

async function finishRemovals(now: number, { index, folders }: PrunedStore): Promise<void> {
  for (const run of await folders.movedAway()) {
    await index.forgetRemoved(run);
    await folders.deleteMovedAway(run);
  }
  for (const run of await folders.madeBefore(now - orphanAgeMs)) {
    if ((await index.find(run)) === undefined) await folders.discard(run);
  }
}
