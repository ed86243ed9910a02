import { connect } from 'node:net';
import { forwardFromLoopback } from '../../loopback-forward.ts';
import type { Forward } from '../../runtime.ts';
import { inspect } from './container-end.ts';
import type { EngineSession } from '../api/engine-session.ts';

/**
 * Opens a port of this machine that forwards to the container's address. Works if the engine runs on this machine's
 * kernel. Throws if the container's address is unreachable (no network, Docker Desktop, rootless or remote engines).
 */
export async function forwardPort(session: EngineSession, container: string, port: number): Promise<Forward> {
  const { NetworkSettings: network } = await inspect(session, container);
  const addresses = [network?.IPAddress, ...Object.values(network?.Networks ?? {}).map((each) => each.IPAddress)];
  const address = addresses.find((each) => each !== undefined && each !== '');
  if (address === undefined)
    throw new Error(`cannot forward port ${port}: the container's address is not reachable from this machine`);
  return await forwardFromLoopback((client) => {
    const far = connect({ port, host: address, allowHalfOpen: true });
    far.on('error', () => client.destroy());
    far.once('close', () => client.destroy());
    client.once('close', () => far.destroy());
    client.pipe(far).pipe(client);
  });
}
