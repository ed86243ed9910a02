import { joinAddress } from '../../join-address.ts';
import { forwardFromLoopback } from '../../loopback-forward.ts';
import { RuntimeRefused } from '../../runtime-refused.ts';
import type { Forward } from '../../runtime.ts';
import { inspect } from './container-end.ts';
import type { EngineSession } from '../api/engine-session.ts';

/**
 * Opens a port of this machine that forwards to the container's address. Works if the engine runs on this machine's
 * kernel. Throws if the container's address is unreachable (no network, Docker Desktop, rootless or remote engines).
 */
export async function forwardPort(session: EngineSession, container: string, port: number): Promise<Forward> {
  const host = await addressOf(session, container);
  if (host === undefined) throw new Error(unreachable(port));
  return await forwardFromLoopback((client) => joinAddress(client, { host, port }));
}

/** Does the same for a container that may restart: it may have another address then. */
export async function forwardToRestarting(session: EngineSession, container: string, port: number): Promise<Forward> {
  const now = await addressOf(session, container);
  // A container without a network has no address before, either. One that does not run has none for now.
  if (now === undefined && (await inspect(session, container)).State.Running) {
    const detail = unreachable(port);
    throw new RuntimeRefused({ code: 'unsupported', detail }, new Error(detail));
  }
  return await forwardFromLoopback((client) => {
    addressOf(session, container).then(
      (host) => (host === undefined ? client.destroy() : joinAddress(client, { host, port })),
      () => client.destroy(),
    );
  });
}

function unreachable(port: number): string {
  return `cannot forward port ${port}: the container's address is not reachable from this machine`;
}

async function addressOf(session: EngineSession, container: string): Promise<string | undefined> {
  const { NetworkSettings: network } = await inspect(session, container);
  const addresses = [network?.IPAddress, ...Object.values(network?.Networks ?? {}).map((each) => each.IPAddress)];
  return addresses.find((each) => each !== undefined && each !== '');
}
