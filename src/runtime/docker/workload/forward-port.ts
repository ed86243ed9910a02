import { connect } from 'node:net';
import { forwardFromLoopback } from '../../loopback-forward.ts';
import type { Forward } from '../../runtime.ts';
import { inspect } from './container-end.ts';
import type { EngineSession } from '../api/engine-session.ts';

/**
 * A port of this machine that leads to the container's own address. Works where that can be reached, which is an engine
 * on this machine's own kernel; throws where the container has none (no network, Docker Desktop, rootless engines,
 * remote ones).
 */
export async function forwardPort(session: EngineSession, container: string, port: number): Promise<Forward> {
  const { NetworkSettings: network } = await inspect(session, container);
  const addresses = [network?.IPAddress, ...Object.values(network?.Networks ?? {}).map((each) => each.IPAddress)];
  const address = addresses.find((each) => each !== undefined && each !== '');
  if (address === undefined)
    throw new Error(`port ${port} cannot be forwarded: the container has no address that can be reached from here`);
  return await forwardFromLoopback((client) => {
    const far = connect({ port, host: address, allowHalfOpen: true });
    far.on('error', () => client.destroy());
    far.once('close', () => client.destroy());
    client.once('close', () => far.destroy());
    client.pipe(far).pipe(client);
  });
}
