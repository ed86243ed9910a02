import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { joinStreams } from '../util/join-streams.ts';

/** Joins a connection with a port of an address. Destroys it if nothing listens there. */
export function joinAddress(near: Duplex, { host, port }: { readonly host: string; readonly port: number }): void {
  joinStreams(near, connect({ host, port, allowHalfOpen: true }));
}
