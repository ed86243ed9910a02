/** Why a port is not forwarded, in the same words on clusters and engines. Each problem comes after the resource's name. */
import { shownPort, shownResource, type ForwardedPort } from './forwarded-port.ts';

/** @param where `namespace shop` */
export function notThere(where: string): string {
  return `does not exist in ${where}`;
}

export function noSuchPort(
  port: number | string,
  known: readonly { readonly port: number; readonly name?: string | undefined }[],
): string {
  const ports = known.map((each) => (each.name === undefined ? `${each.port}` : `${each.port} (${each.name})`));
  return `has no port ${port}. Its ports: ${ports.join(', ') || 'none'}`;
}

export function notTcp(port: number | string, protocol: string): string {
  return `has port ${port} only as ${protocol.toUpperCase()}, and only TCP can be forwarded`;
}

/** Of places, not of a resource: what a cluster lacks, and what engines lack. */
export const placeProblems = {
  cluster: 'a cluster has no containers of `deploy.docker`',
  engine: 'without a cluster, ports have no names',
} as const;

/** Returns the whole message. */
export function notForwarded(port: Pick<ForwardedPort, 'resource' | 'port'>, problem: string): string {
  return `${shownPort(port)} is not forwarded: ${shownResource(port.resource)} ${problem}`;
}
