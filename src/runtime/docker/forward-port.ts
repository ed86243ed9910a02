import { createServer, connect, type Socket } from 'node:net';
import type { Forward } from '../runtime.ts';
import { inspect } from './container-end.ts';
import type { EngineSession } from './engine-session.ts';

const loopback = '127.0.0.1';

/**
 * A port of this machine that leads to the container's own address. Works where that can be reached, which is an engine on this
 * machine's own kernel; throws where the container has none (no network, Docker Desktop, rootless engines, remote ones).
 */
export async function forwardPort(session: EngineSession, container: string, port: number): Promise<Forward> {
  const { NetworkSettings: network } = await inspect(session, container);
  const addresses = [network?.IPAddress, ...Object.values(network?.Networks ?? {}).map((each) => each.IPAddress)];
  const address = addresses.find((each) => each !== undefined && each !== '');
  if (address === undefined) throw new Error(`port ${port} cannot be forwarded: the container has no address that can be reached from here`);
  const open = new Set<Socket>();
  // A side that has said everything may still be listening.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const far = connect({ port, host: address, allowHalfOpen: true });
    for (const [socket, other] of [[client, far], [far, client]] as const) {
      open.add(socket);
      socket.on('error', () => other.destroy());
      socket.once('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
    client.pipe(far).pipe(client);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, loopback, resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('a listening server has an address');
  return {
    host: loopback,
    port: bound.port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
