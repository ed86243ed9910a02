import { forwardFrom } from '../../runtime/loopback-forward.ts';
import type { Forward } from '../../runtime/container-io.ts';
import type { Duplex } from 'node:stream';
import { localPortsToTry } from './local-ports.ts';

export interface OpenedListener {
  readonly forward: Forward;
  /** Why another port than the wanted one was taken. */
  readonly instead?: PortReason;
}

/** `taken`: another program listens. `forbidden`: this process may not listen on it. */
export type PortReason = 'taken' | 'forbidden';

const reasons: Readonly<Record<string, PortReason>> = { EADDRINUSE: 'taken', EACCES: 'forbidden' };

/**
 * Listens on an address of this machine, on the wanted port or on the next one that is free (`localPortsToTry`).
 * Rejects with the system's error if the address is not one of this machine.
 * @param join see `forwardFrom`
 */
export async function openListener(
  address: string,
  wanted: number | undefined,
  join: (client: Duplex) => void,
): Promise<OpenedListener> {
  let instead: PortReason | undefined;
  for (const port of localPortsToTry(wanted)) {
    try {
      const forward = await forwardFrom({ host: address, port }, join);
      return { forward, ...(wanted !== undefined && instead && { instead }) };
    } catch (error) {
      const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''];
      if (reason === undefined || port === 0) throw error;
      if (port === wanted) instead = reason;
    }
  }
  throw new Error('a free port is the last one to try');
}
