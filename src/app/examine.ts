import type { Examined } from '../cli/services.ts';
import type { RuntimeProvider } from '../runtime/runtime.ts';
import type { Store } from '../store/store.ts';

/** What this machine has of what Slipway needs, and what to do about the rest. */
export async function examineMachine(providers: Readonly<Record<string, RuntimeProvider>>, openStore: () => Promise<Store>, signal: AbortSignal): Promise<readonly Examined[]> {
  const found: Examined[] = [await examineStore(openStore)];
  for (const [kind, provider] of Object.entries(providers)) {
    const connection = await provider.connect(signal);
    if (connection.status === 'connected') {
      found.push({ subject: kind, status: 'ok', detail: connection.runtime.engine, advice: [] });
      await connection.runtime[Symbol.asyncDispose]();
    } else {
      const looked = connection.looked.map(({ where, result }) => `looked at ${where}: ${result}`);
      found.push({ subject: kind, status: 'missing', detail: 'does not answer', advice: [...looked, ...connection.advice] });
    }
  }
  return found;
}

async function examineStore(openStore: () => Promise<Store>): Promise<Examined> {
  try {
    const store = await openStore();
    const runs = await store.runs({});
    return { subject: 'store', status: 'ok', detail: `${runs.length} runs`, advice: [] };
  } catch (error) {
    const help = error instanceof Error && 'help' in error && typeof error.help === 'string' ? [error.help] : [];
    return { subject: 'store', status: 'missing', detail: error instanceof Error ? error.message : String(error), advice: help };
  }
}
