/** Removes runs. A crash at any point leaves either the whole run or something that the next `prune` completes. */
import type { Lease } from '../lease.ts';
import type { RunId } from '../../model/ids.ts';
import type { PrunableRun } from '../retention.ts';
import { countedFrom, planPrune } from '../retention.ts';
import type { Pruned, Retention, RunSummary } from '../store.ts';
import type { RunFolders } from './run-folders.ts';
import type { RunIndex } from './run-index.ts';
import { isDiskFull, toStoreError } from './sqlite-errors.ts';

export interface PrunedStore {
  readonly runs: () => Promise<readonly RunSummary[]>;
  readonly index: RunIndex;
  readonly folders: RunFolders;
  readonly isDead: (lease: Lease) => boolean;
}

/** A folder without an index entry after this time was left by an interrupted `create`. */
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

async function remove(chosen: readonly PrunableRun[], store: PrunedStore): Promise<readonly PrunableRun[]> {
  const removed: PrunableRun[] = [];
  for (const run of chosen) {
    const { id } = run.summary;
    if ((await forgetThenDelete(id, store).catch(ifDiskFull)) ?? (await deleteThenForget(id, store))) removed.push(run);
  }
  await finishMovedAway(store);
  return removed;
}

/** @returns whether the run is gone; a run with a living owner stays */
async function forgetThenDelete(run: RunId, { index, folders, isDead }: PrunedStore): Promise<boolean> {
  if (!(await index.remove(run, isDead, () => folders.moveAway(run)))) return false;
  await deleted(folders, run);
  return true;
}

/** On a full disk nothing can be written until something is deleted. */
async function deleteThenForget(run: RunId, store: PrunedStore): Promise<boolean> {
  const lease = await store.index.lease(run);
  if (lease !== undefined && !store.isDead(lease)) return false;
  store.folders.moveAway(run);
  await finishRemoval(run, store);
  return true;
}

/** Removes the index entry. If that fails, an empty folder stays as a mark for the next `prune`. */
async function finishRemoval(run: RunId, { index, folders }: PrunedStore): Promise<void> {
  try {
    await folders.emptyMovedAway(run);
    await index.forgetRemoved(run);
  } catch (error) {
    if (!isDiskFull(error)) throw toStoreError(error, folders.of(run));
    return;
  }
  await deleted(folders, run);
}

function ifDiskFull(error: unknown): undefined {
  if (!isDiskFull(error)) throw error;
  return undefined;
}

async function deleted(folders: RunFolders, run: RunId): Promise<void> {
  try {
    await folders.deleteMovedAway(run);
  } catch (error) {
    throw toStoreError(error, folders.of(run));
  }
}

async function finishMovedAway(store: PrunedStore): Promise<void> {
  for (const run of await store.folders.movedAway()) await finishRemoval(run, store);
}

async function finishRemovals(now: number, store: PrunedStore): Promise<void> {
  const { index, folders } = store;
  await finishMovedAway(store);
  for (const run of await folders.madeBefore(now - orphanAgeMs)) {
    if ((await index.find(run)) === undefined) await folders.discard(run);
  }
}
