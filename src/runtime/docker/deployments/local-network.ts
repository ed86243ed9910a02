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
      if ((await networksNamed(session, name, signal)).length === 0) await createNetwork(session, deploy, signal);
      // Docker lets two processes create networks of one name at once, and then refuses the name as ambiguous.
      const [, ...others] = await networksNamed(session, name, signal);
      for (const { Id: id } of others) await removeNetwork(session, id, signal);
    },
    signal,
  );
}

async function createNetwork(session: EngineSession, deploy: string, signal: AbortSignal): Promise<void> {
  const json = {
    Name: networkName(deploy),
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
}

/** Removes the networks of a deploy. One that containers of others use stays. */
export async function removeNetworks(session: EngineSession, deploy: string, signal: AbortSignal): Promise<void> {
  const filters = { label: [`${localLabels.deploy}=${deploy}`] };
  const networks = await session.engine.json<Network[]>('GET', '/networks', { query: { filters }, signal });
  for (const { Id: id } of networks) await removeNetwork(session, id, signal);
}

/** Not an error if it is gone, or if containers use it. */
async function removeNetwork(session: EngineSession, id: string, signal: AbortSignal): Promise<void> {
  try {
    await session.engine.json('DELETE', `/networks/${id}`, { signal });
  } catch (error) {
    if (hasStatus(error, 404)) return;
    if (!(error instanceof EngineError) || !/active endpoints|being used|in use/i.test(error.said)) throw error;
  }
}

interface Network {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
}

/** Returns the networks with this name. The first is the same for all processes. */
async function networksNamed(session: EngineSession, name: string, signal: AbortSignal): Promise<readonly Network[]> {
  const query = { filters: { name: [name] } };
  const found = await session.engine.json<Network[]>('GET', '/networks', { query, signal });
  const order = ({ Created, Id }: Network) => `${Created} ${Id}`;
  // The filter also finds names that contain this one.
  return found.filter(({ Name }) => Name === name).sort((a, b) => (order(a) < order(b) ? -1 : 1));
}
