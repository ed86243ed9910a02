/** Ports below need rights of their own on most systems. */
const firstFree = 1024;
/** How many ports after the wanted one are tried. */
const neighbours = 10;
/** Ports that Skaffold tries next (pkg/skaffold/util/port.go). */
const reserve = { first: 4503, last: 4533 };

/**
 * Returns the ports of this machine to try, in this order: the wanted one, the ten after it, a range that Skaffold uses
 * too, and any free one (0).
 */
export function localPortsToTry(wanted: number | undefined): readonly number[] {
  const near = wanted === undefined ? [] : numbers(wanted, Math.min(wanted + neighbours, 65_535));
  return [...new Set([...near, ...numbers(reserve.first, reserve.last), 0])];
}

/**
 * Returns the port of this machine for a port that nobody chose one for: the same, unless it is one of the system's
 * (skaffold.dev, "Port Forwarding").
 */
export function sameLocalPort(port: number | string): number | undefined {
  return typeof port === 'number' && port >= firstFree ? port : undefined;
}

function numbers(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
