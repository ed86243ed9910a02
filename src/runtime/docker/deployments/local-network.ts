import { localLabels } from '../../local-deployments.ts';
import { EngineError, hasStatus } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { retryLost } from '../api/retry-lost.ts';

/** Returns the engine's name of the network of a deploy. */
export function networkName(deploy: string): string {
  return `${deploy}-network`;
}

/** Creates the network of a deploy unless it exists. */
export async function ensureNetwork(session: EngineSession, deploy: string, signal: AbortSignal): Promise<void> {
  const name = networkName(deploy);
  await retryLost(
    session.clock,
    async () => {
      if (await exists(session, name, signal)) return;
      const json = {
        Name: name,
        Driver: 'bridge',
        CheckDuplicate: true,
        Labels: { [localLabels.deploy]: deploy, [localLabels.lifetime]: 'kept' },
      };
      try {
        await session.engine.json('POST', '/networks/create', { json, signal });
      } catch (error) {
        // Another process created it meanwhile.
        if (!(error instanceof EngineError) || !/already (?:exists|used)/i.test(error.said)) throw error;
      }
    },
    signal,
  );
}

/** Removes the networks of a deploy. One that containers of others use stays. */
export async function removeNetworks(session: EngineSession, deploy: string, signal: AbortSignal): Promise<void> {
  const filters = { label: [`${localLabels.deploy}=${deploy}`] };
  const networks = await session.engine.json<{ Id: string }[]>('GET', '/networks', { query: { filters }, signal });
  for (const { Id: id } of networks)
    try {
      await session.engine.json('DELETE', `/networks/${id}`, { signal });
    } catch (error) {
      if (hasStatus(error, 404)) continue;
      if (!(error instanceof EngineError) || !/active endpoints|being used|in use/i.test(error.said)) throw error;
    }
}

async function exists(session: EngineSession, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    await session.engine.json('GET', `/networks/${name}`, { signal });
    return true;
  } catch (error) {
    if (hasStatus(error, 404)) return false;
    throw error;
  }
}
