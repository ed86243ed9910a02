import { createServer, type Socket } from 'node:net';
import type { Forward } from './runtime.ts';

export const loopback = '127.0.0.1';

/** Opens any free port on the loopback interface of this machine; see `forwardFrom`. */
export async function forwardFromLoopback(join: (client: Socket) => void): Promise<Forward> {
  return await forwardFrom({ host: loopback, port: 0 }, join);
}

/**
 * Listens on this address only. Disposing the forward destroys all its connections. Throws the system's error:
 * `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`.
 * @param place a port of 0 is any free one
 * @param join receives each connection, paused, and connects it to its target. Either side may end its output and still
 * read. A broken connection is destroyed
 */
export async function forwardFrom(
  { host, port }: { readonly host: string; readonly port: number },
  join: (client: Socket) => void,
): Promise<Forward> {
  const open = new Set<Socket>();
  const listeners = new Set<(error: Error) => void>();
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    open.add(client);
    client.once('close', () => open.delete(client));
    client.on('error', () => client.destroy());
    join(client);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  // An error without a listener would end this process.
  server.removeAllListeners('error').on('error', (error) => listeners.forEach((listener) => listener(error)));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('a listening server has an address');
  return {
    host,
    port: bound.port,
    onRefused: (listener) => void listeners.add(listener),
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
