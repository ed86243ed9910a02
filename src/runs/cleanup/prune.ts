import { stat, writeFile } from 'node:fs/promises';
import { labelKeys } from '../../runtime/runtime.ts';
import type { PrunedAll } from '../cleanup/cleanup.ts';
import type { Retention } from '../../store/store.ts';
import { keptWorkloads } from './kept-workloads.ts';
import type { Machine } from '../machine.ts';

/** Removes runs, their kept workloads on this machine, and caches unused for long. Contacts no cluster. */
export async function prune(
  machine: Pick<Machine, 'places' | 'store' | 'files'>,
  policy: Retention,
): Promise<PrunedAll> {
  const store = await machine.store();
  // The logs name the kept workloads. Read them before the store removes the logs.
  const kept = await keptWorkloads(machine, (await store.prune({ ...policy, dryRun: true })).removed);
  const { countedFrom, ...pruned } = await store.prune(policy);
  const runs = new Set(pruned.removed.map(({ run }) => String(run)));
  const answered =
    policy.dryRun === true || runs.size === 0 ? machine.places.localWords() : await removeKept(machine, runs);
  const staying = kept.filter(
    ({ run, runtime, cluster }) => runs.has(run) && (cluster !== undefined || !answered.includes(runtime)),
  );
  const noCaches = { removed: 0, bytes: 0 };
  const caches =
    policy.runs === undefined ? await pruneCaches(machine, { ...policy, now: countedFrom }, pruned.bytes) : noCaches;
  return { ...pruned, staying, caches };
}

/**
 * Removes kept workloads (`--keep-failed`) of removed runs, on each engine of this machine that answers.
 * @returns the words of these engines; workloads elsewhere stay
 */
async function removeKept(
  machine: Pick<Machine, 'places' | 'store'>,
  runs: ReadonlySet<string>,
): Promise<readonly string[]> {
  const answered: string[] = [];
  const { signal } = new AbortController();
  const store = await machine.store();
  for (const [word, provider] of Object.entries(
    await machine.places.providers(machine.places.localWords(), machine.places.clusters({})),
  )) {
    const connection = await provider.connect(signal);
    if (connection.status !== 'connected') continue;
    answered.push(word);
    await using runtime = connection.runtime;
    for await (const ref of runtime.find({ [labelKeys.store]: store.id }, signal)) {
      const ours = runs.has(ref.labels[labelKeys.run] ?? '') && ref.labels[labelKeys.lifetime] !== 'kept';
      if (ours) await runtime.remove(ref, 0);
    }
  }
  return answered;
}

/** Removes caches by oldest use, while runs and caches together exceed the limit. */
async function pruneCaches(
  machine: Pick<Machine, 'files' | 'store'>,
  policy: Retention,
  runBytes: number,
): Promise<{ removed: number; bytes: number }> {
  const caches = await (await machine.files.openCaches()).list();
  let total = runBytes + caches.reduce((sum, { bytes }) => sum + bytes, 0);
  const removed = { removed: 0, bytes: 0 };
  for (const cache of caches) {
    const old = policy.maxAgeMs !== undefined && cache.usedAt < policy.now - policy.maxAgeMs;
    const tooMuch = policy.maxBytes !== undefined && total > policy.maxBytes;
    if (!old && !tooMuch) continue;
    removed.removed += 1;
    removed.bytes += cache.bytes;
    total -= cache.bytes;
    if (policy.dryRun !== true) await cache.remove();
  }
  return removed;
}

const dayMs = 86_400_000;

/**
 * Reports whether a day has passed since `last`. Ignores a time ahead of the clock: the clock was set back since then.
 */
export function isDue(last: number | undefined, now: number): boolean {
  return last === undefined || last > now || now - last >= dayMs;
}

/**
 * Prunes once a day, after a run, without output.
 * @param marker a file whose modification time is the time of the last pruning
 */
export async function pruneDaily(
  machine: Pick<Machine, 'places' | 'store' | 'files'>,
  marker: string,
  policy: Retention,
): Promise<void> {
  const last = await stat(marker).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
  if (!isDue(last, policy.now)) return;
  try {
    // If the disk is full, the marker cannot be written, but pruning helps.
    await writeFile(marker, '', { mode: 0o600 }).catch(() => undefined);
    await prune(machine, policy);
  } catch {
    // A run must not fail because an old run could not be removed. `slipway prune` prints the reason.
  }
}
