import { warned } from '../../model/warning.ts';
import type { Work } from '../../model/work.ts';
import type { Forward } from '../../runtime/container-io.ts';
import { shownPort, shownResource, type ForwardedPort } from './forwarded-port.ts';
import type { PortReason } from './open-listener.ts';

/** Where a port of a resource is on this machine. */
export interface OpenedForward {
  readonly namespace?: string;
  /** The pod or the container that connections go to at first. */
  readonly pod?: string;
  readonly address: string;
  readonly localPort: number;
  /** Of its URLs. Absent: it does not look like HTTP. */
  readonly scheme?: 'http' | 'https' | undefined;
  /** Why it is not the port that was asked for. */
  readonly instead?: PortReason;
}

export function observeForward(
  work: Work,
  { resource, port, localPort: wanted }: ForwardedPort,
  to: OpenedForward,
): void {
  const { instead, scheme, ...rest } = to;
  work.output.observe({
    ...{ type: 'port.forwarded', resource: shownResource(resource), port, ...rest },
    ...(scheme && { scheme }),
    ...(instead && wanted !== undefined && { instead: { of: wanted, because: instead } }),
  });
}

export function noteNothingToForward(work: Work): void {
  work.output.observe({ type: 'noted', level: 'info', message: 'there are no ports to forward' });
}

/** Reports connections that this machine cannot accept. Clients try again and again, so the same error is told once. */
export function warnOfRefused(work: Work, port: ForwardedPort, forward: Forward): void {
  let told: string | undefined;
  forward.onRefused(({ message }) => {
    if (message !== told) forwardWarning(work, `a connection to ${shownPort(port)} was refused here: ${message}`);
    told = message;
  });
}

/** Reports what is not forwarded, and why. */
export function forwardWarning(work: Work, message: string): void {
  work.output.observe(warned('W094', message));
}
