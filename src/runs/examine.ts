import type { Examined, LookedAt } from './inspection.ts';
import { meansCluster } from '../model/cluster-word.ts';
import type { RuntimeProvider } from '../runtime/runtime.ts';
import type { Store } from '../store/store.ts';
import { count } from '../words/quantity.ts';
import { examineCluster, type ClusterExaminer } from './examine-cluster.ts';
import type { Machine } from './machine.ts';

/**
 * Examines this machine, or the runtimes in `on`. Returns what Slipway needs, its status, and advice for what is
 * missing.
 */
export async function examine(
  machine: Pick<Machine, 'places' | 'store' | 'operator'> & ClusterExaminer,
  { on, ...named }: LookedAt,
  signal: AbortSignal,
): Promise<readonly Examined[]> {
  const clusters = machine.places.clusters(named);
  const found: Examined[] = [await examineStore(async () => await machine.store())];
  for (const [word, provider] of Object.entries(
    await machine.places.providers(on ?? machine.places.localWords(), clusters),
  )) {
    const runtime = await examineRuntime(word, provider, signal);
    found.push(runtime);
    const { value: cluster } = runtime.status === 'ok' && meansCluster(word) ? await clusters.of(word) : {};
    if (cluster === undefined) continue;
    const secrets = (await machine.operator()).value?.secrets ?? new Map<string, never>();
    const { id } = await machine.store();
    found.push(...(await examineCluster(machine, { word, cluster, secrets, store: id }, signal)));
  }
  return found;
}

async function examineRuntime(subject: string, provider: RuntimeProvider, signal: AbortSignal): Promise<Examined> {
  const connection = await provider.connect(signal);
  if (connection.status === 'connected') {
    await using runtime = connection.runtime;
    return { subject, status: 'ok', detail: runtime.engine, advice: [] };
  }
  const looked = connection.looked.map(({ where, result }) => `looked at ${where}: ${result}`);
  return { subject, status: 'missing', detail: 'does not answer', advice: [...looked, ...connection.advice] };
}

async function examineStore(openStore: () => Promise<Store>): Promise<Examined> {
  try {
    const store = await openStore();
    const runs = await store.runs({});
    return { subject: 'store', status: 'ok', detail: count(runs.length, 'run'), advice: [] };
  } catch (error) {
    const help = error instanceof Error && 'help' in error && typeof error.help === 'string' ? [error.help] : [];
    return {
      subject: 'store',
      status: 'missing',
      detail: error instanceof Error ? error.message : String(error),
      advice: help,
    };
  }
}
