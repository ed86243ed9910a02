/**
 * Forwards each connection to a pod over its own WebSocket (`portforward`, `v4.channel.k8s.io`). Channel 0 carries the
 * bytes, channel 1 the error.
 */
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { forwardFromLoopback } from '../../loopback-forward.ts';
import type { Forward } from '../../runtime.ts';
import { podPath, type ClusterSession } from '../cluster-session.ts';

const protocols = ['v4.channel.k8s.io'];
/** Each channel starts with the port number. */
const portBytes = 2;

/** Opens a loopback port of this machine that forwards to a port of the pod. */
export async function forwardPort(session: ClusterSession, pod: string, port: number): Promise<Forward> {
  return await forwardFromLoopback((client) => {
    session.client
      .webSocket(podPath(session, pod, 'portforward'), new URLSearchParams({ ports: String(port) }), protocols)
      .then(
        (far) => join(client, far),
        () => client.destroy(),
      );
  });
}

function join(client: Socket, far: WebSocket): void {
  // The client disconnected while the connection to the pod was opened.
  if (client.destroyed) return far.terminate();
  const begun = new Set<number>();
  far.on('message', (message: Buffer) => {
    const channel = message[0] ?? 0;
    const bytes = begun.has(channel) ? message.subarray(1) : message.subarray(1 + portBytes);
    begun.add(channel);
    if (channel !== 0) return bytes.length === 0 ? undefined : void client.destroy();
    if (bytes.length > 0 && !client.write(bytes)) {
      far.pause();
      client.once('drain', () => far.resume());
    }
  });
  far.on('close', () => client.end());
  far.on('error', () => client.destroy());
  client.on('data', (bytes) => {
    client.pause();
    far.send(Buffer.concat([Buffer.from([0]), bytes]), () => client.resume());
  });
  client.on('end', () => far.close(1000));
  client.once('close', () => far.terminate());
  client.resume();
  far.resume();
}
