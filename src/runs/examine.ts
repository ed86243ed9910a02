import type { Examined, LookedAt } from './services.ts';
import { meansCluster } from '../model/cluster-word.ts';
import type { RuntimeProvider } from '../runtime/runtime.ts';
import type { Store } from '../store/store.ts';
import type { Workshop } from './workshop.ts';

/** What this machine, or what somebody names, has of what Slipway needs, and what to do about the rest. */
export async function examine(
  workshop: Workshop,
  { on, kubeContext }: LookedAt,
  signal: AbortSignal,
): Promise<readonly Examined[]> {
  const clusters = workshop.clusters(kubeContext === undefined ? {} : { kubeContext });
  const found: Examined[] = [await examineStore(async () => await workshop.store())];
  for (const [word, provider] of Object.entries(await workshop.providers(on ?? workshop.localWords(), clusters))) {
    const runtime = await examineRuntime(word, provider, signal);
    found.push(runtime);
    const { value: cluster } = runtime.status === 'ok' && meansCluster(word) ? await clusters.of(word) : {};
    if (cluster === undefined) continue;
    const [{ examineCluster }, { plainWorkload }] = await Promise.all([
      import('../app/examine-cluster.ts'),
      import('./plain-workload.ts'),
    ]);
    const secrets = (await workshop.parts.operator()).value?.secrets ?? new Map<string, never>();
    const { id } = await workshop.store();
    found.push(
      ...(await examineCluster(
        { word, cluster, secrets, plain: (image) => plainWorkload(image, id, workshop.parts.clock.now()) },
        signal,
      )),
    );
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
    return { subject: 'store', status: 'ok', detail: `${runs.length} runs`, advice: [] };
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
