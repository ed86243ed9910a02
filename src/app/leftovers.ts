import type { Leftover, Leftovers } from '../cli/services.ts';
import { isRunId, type RunId } from '../model/ids.ts';
import { labelKeys, type Runtime, type RuntimeProvider, type WorkloadRef } from '../runtime/runtime.ts';
import { foldRun } from '../events/run-state.ts';
import type { Store } from '../store/store.ts';

interface Found extends Leftover {
  readonly runtime: Runtime;
  readonly ref: WorkloadRef;
}

/**
 * What runs of this store left on every runtime that answers (architecture.md, "One owner"): only what belongs to a run whose
 * lease is dead may be removed, and of that neither deployed workloads nor what was kept for `shell`.
 */
export async function findLeftovers(providers: Readonly<Record<string, RuntimeProvider>>, store: Store, signal: AbortSignal): Promise<Leftovers> {
  const items: Found[] = [];
  const fates = new Map<string, Promise<Fate>>();
  for (const provider of Object.values(providers)) {
    const connection = await provider.connect(signal);
    if (connection.status !== 'connected') continue;
    const { runtime } = connection;
    for await (const ref of runtime.find({ [labelKeys.store]: store.id }, signal)) {
      const run = ref.labels[labelKeys.run] ?? '';
      const fate = fates.get(run) ?? fateOf(store, run, signal);
      fates.set(run, fate);
      const reason = reasonToLeave(await fate, ref);
      items.push({
        kind: runtime.kind === 'host' ? 'process' : 'container',
        name: ref.name,
        ...(isRunId(run) && { run }),
        removable: reason === undefined,
        reason: reason ?? 'its run has ended or its owner is dead',
        runtime,
        ref,
      });
    }
  }
  return {
    items,
    async clean(report) {
      const failures: { item: Leftover; reason: string }[] = [];
      for (const item of items) {
        if (!item.removable) continue;
        try {
          await item.runtime.remove(item.ref, 0);
          report(item);
        } catch (error) {
          failures.push({ item, reason: error instanceof Error ? error.message : String(error) });
        }
      }
      return failures;
    },
  };
}

interface Fate {
  readonly alive: boolean;
  readonly kept: ReadonlySet<string>;
}

async function fateOf(store: Store, run: string, signal: AbortSignal): Promise<Fate> {
  const [summary] = isRunId(run) ? await summaryOf(store, run) : [];
  if (summary === undefined) return { alive: false, kept: new Set() };
  if (summary.status === 'queued' || summary.status === 'inProgress') return { alive: true, kept: new Set() };
  await using reader = await store.read(summary.id);
  const state = await foldRun(reader.follow(0, signal, 'now', 'structural'));
  return { alive: false, kept: new Set([...state.steps.values()].flatMap((step) => step.kept ?? [])) };
}

async function summaryOf(store: Store, run: RunId) {
  return (await store.runs({})).filter(({ id }) => id === run);
}

function reasonToLeave(fate: Fate, ref: WorkloadRef): string | undefined {
  if (fate.alive) return 'its run goes on';
  if (ref.labels[labelKeys.lifetime] === 'kept') return 'it was deployed to stay';
  if (fate.kept.has(ref.name)) return 'it was kept with --keep-failed; `slipway prune RUN` removes it with its run';
  return undefined;
}
