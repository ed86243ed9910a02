import type { Duplex } from 'node:stream';

/**
 * Joins two connections. Either side may end its output and still read. If one breaks, both are destroyed. What one has
 * sent before it ended is written to the other first.
 */
export function joinStreams(near: Duplex, far: Duplex): void {
  // Errors are handled when the connection closes.
  for (const each of [near, far]) each.on('error', () => undefined);
  whenClosed(near, () => close(far, near));
  whenClosed(far, () => close(near, far));
  near.pipe(far).pipe(near);
}

function whenClosed(connection: Duplex, act: () => void): void {
  if (connection.closed) act();
  else connection.once('close', act);
}

function close(connection: Duplex, { errored, readableEnded }: Duplex): void {
  if (errored !== null || !readableEnded) connection.destroy();
  else connection.end(() => connection.destroy());
}
