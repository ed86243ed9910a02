import { createServer, type Socket } from 'node:net';
import type { Forward } from './runtime.ts';

const loopback = '127.0.0.1';

/**
 * A port of this machine, on its loopback only, for a runtime that has a way to a port of a workload.
 * @param join gets every connection, paused, and leads it to its far end. Either side may have said everything while it
 *   still listens;
 *   a connection that breaks is destroyed. When the forward is disposed of, all of them are.
 */
export async function forwardFromLoopback(join: (client: Socket) => void): Promise<Forward> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    open.add(client);
    client.once('close', () => open.delete(client));
    client.on('error', () => client.destroy());
    join(client);
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
