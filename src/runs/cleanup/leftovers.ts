import type { Leftover, Leftovers } from '../cleanup/cleanup.ts';
import { isRunId, type RunId } from '../../model/ids.ts';
import { labelKeys, type Labels, type Runtime, type RuntimeProvider, type WorkloadRef } from '../../runtime/runtime.ts';
import { foldRun } from '../../events/run-state.ts';
import type { Store } from '../../store/store.ts';

/** A runtime to search for leftovers. */
export interface LeftoverPlace {
  /** The text for people. */
  readonly where: string;
  readonly provider: RuntimeProvider;
  /** The user named this runtime. If it does not answer, `unanswered` lists it. */
  readonly named: boolean;
}

export interface LeftoverParts {
  readonly places: readonly LeftoverPlace[];
  readonly elsewhere: Leftovers['elsewhere'];
  readonly store: Store;
  /** Limits the search to this run, and includes its kept workloads. */
  readonly run?: RunId;
  /** Takes over a run whose owner is dead and ends it as cancelled. Removes all that it left, except kept workloads. */
  abandon(run: RunId): Promise<'ended' | 'owned' | 'finished'>;
}

/**
 * Finds what runs of this store left on every runtime that answers (docs/runs.md). Only workloads of a run with a dead
 * lease are removable. Deployed workloads and workloads kept for `shell` are not.
 */
export async function findLeftovers(parts: LeftoverParts, signal: AbortSignal): Promise<Leftovers> {
  const { places, store } = parts;
  const items: Leftover[] = [];
  // Beside the items, which commands print: a runtime holds connections and the environment.
  const workloads = new Map<Leftover, { readonly runtime: Runtime; readonly ref: WorkloadRef }>();
  const fates = new Map<string, Promise<Fate>>();
  const runtimes: Runtime[] = [];
  const unanswered: { where: string; reason: string }[] = [];
  for (const { where, provider, named } of places) {
    const connection = await provider.connect(signal);
    if (connection.status !== 'connected') {
      if (named) unanswered.push({ where, reason: connection.looked.map(({ result }) => result).join('; ') });
      continue;
    }
    const { runtime } = connection;
    runtimes.push(runtime);
    for await (const ref of refsOf(
      runtime,
      labelsOf(parts),
      (reason) => void unanswered.push({ where, reason }),
      signal,
    )) {
      const run = ref.labels[labelKeys.run] ?? '';
      const fate = fates.get(run) ?? fateOf(store, run, signal);
      fates.set(run, fate);
      const { interrupted, known } = await fate;
      const stays = reasonToLeave(await fate, ref, parts.run !== undefined);
      const item: Leftover = {
        kind: kinds[runtime.kind] ?? 'container',
        name: ref.name,
        ...(isRunId(run) && { run }),
        ...known,
        removable: stays === undefined,
        reason: stays ?? reasonToExist(await fate, ref),
        interrupted,
      };
      items.push(item);
      workloads.set(item, { runtime, ref });
    }
  }
  return {
    items,
    elsewhere: parts.elsewhere,
    unanswered,
    async clean(report, wanted = () => true) {
      const failures: { item: Leftover; reason: string }[] = [];
      // Only the owner of the lease may remove what an interrupted run left. The lease prevents a resume during the
      // removal, and a later resume that misses its steps.
      const taken = new Map<RunId, Promise<'ended' | 'owned' | 'finished'>>();
      for (const item of items) {
        if (!item.removable || !wanted(item)) continue;
        try {
          if (item.interrupted && item.run !== undefined) {
            const taking = taken.get(item.run) ?? parts.abandon(item.run);
            taken.set(item.run, taking);
            if ((await taking) === 'owned') throw new Error('the run was resumed meanwhile');
          }
          const workload = workloads.get(item);
          await workload?.runtime.remove(workload.ref, 0);
          report(item);
        } catch (error) {
          failures.push({ item, reason: error instanceof Error ? error.message : String(error) });
        }
      }
      return failures;
    },
    [Symbol.asyncDispose]: async () => {
      for (const runtime of runtimes) await runtime[Symbol.asyncDispose]();
    },
  };
}

const kinds: Readonly<Record<string, Leftover['kind']>> = { host: 'process', kubernetes: 'pod' };

function labelsOf({ store, run }: LeftoverParts): Labels {
  return { [labelKeys.store]: store.id, ...(run !== undefined && { [labelKeys.run]: run }) };
}

/** @param refused called if the platform refuses the search */
async function* refsOf(
  runtime: Runtime,
  labels: Labels,
  refused: (reason: string) => void,
  signal: AbortSignal,
): AsyncIterable<WorkloadRef> {
  try {
    yield* runtime.find(labels, signal);
  } catch (error) {
    signal.throwIfAborted();
    refused(error instanceof Error ? error.message : String(error));
  }
}

interface Fate {
  readonly alive: boolean;
  readonly interrupted: boolean;
  readonly kept: ReadonlySet<string>;
  /** The run's number and project, for people. */
  readonly known: Pick<Leftover, 'number' | 'project'>;
}

async function fateOf(store: Store, run: string, signal: AbortSignal): Promise<Fate> {
  const summary = isRunId(run) ? await store.summary(run) : undefined;
  if (summary === undefined) return { alive: false, interrupted: false, kept: new Set(), known: {} };
  const { number, project } = summary;
  const known = { number, project };
  if (summary.status === 'queued' || summary.status === 'inProgress')
    return { alive: true, interrupted: false, kept: new Set(), known };
  await using reader = await store.read(summary.id);
  const state = await foldRun(reader.follow(0, signal, 'now', 'structural'));
  const kept = new Set([...state.steps.values()].flatMap((step) => step.kept ?? []));
  return { alive: false, interrupted: summary.status === 'interrupted', kept, known };
}

/** @param named the user named the run, so its kept workloads are removable too */
function reasonToLeave(fate: Fate, ref: WorkloadRef, named: boolean): string | undefined {
  if (fate.alive) return 'its run is still running';
  if (ref.labels[labelKeys.lifetime] === 'kept') return 'it was deployed to stay';
  const run = ref.labels[labelKeys.run] ?? 'RUN';
  if (fate.kept.has(ref.name) && !named)
    return `it was kept with --keep-failed; \`slipway doctor --clean ${run}\` removes it`;
  return undefined;
}

/** Returns why something removable is still there. */
function reasonToExist({ kept, interrupted }: Fate, ref: WorkloadRef): string {
  if (kept.has(ref.name)) return 'it was kept with --keep-failed';
  return interrupted ? 'its run was interrupted' : 'its run has ended';
}
