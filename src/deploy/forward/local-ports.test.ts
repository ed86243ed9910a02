import { expect, it } from 'vitest';
import { localPortsToTry, sameLocalPort } from './local-ports.ts';

it('tries the wanted port, the ten after it, a range of its own, and any', () => {
  const ports = localPortsToTry(8080);
  expect(ports.slice(0, 12)).toEqual([8080, 8081, 8082, 8083, 8084, 8085, 8086, 8087, 8088, 8089, 8090, 4503]);
  expect(ports.slice(-2)).toEqual([4533, 0]);
});

it.each([
  ['without a wish', undefined, 4503],
  ['at the end of all ports', 65_530, 65_530],
])('tries each port once: %s', (_, wanted, first) => {
  const ports = localPortsToTry(wanted);
  expect(ports[0]).toBe(first);
  expect(new Set(ports).size).toBe(ports.length);
  expect(Math.max(...ports)).toBeLessThanOrEqual(65_535);
});

it.each([
  [8080, 8080],
  [1024, 1024],
  [1023, undefined],
  [80, undefined],
  ['http', undefined],
])('port %s is asked for as %s of this machine', (port, local) => {
  expect(sameLocalPort(port)).toBe(local);
});
