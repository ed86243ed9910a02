import { expect, it } from 'vitest';
import { httpScheme, type PortHints } from './http-scheme.ts';

it.each<[PortHints, string | undefined]>([
  [{ number: 80 }, 'http'],
  [{ number: 8080 }, 'http'],
  [{ number: 3000 }, 'http'],
  [{ number: 443 }, 'https'],
  [{ number: 8443 }, 'https'],
  [{ number: 5432 }, undefined],
  [{ number: 6379 }, undefined],
  [{}, undefined],
  [{ number: 9000, name: 'http' }, 'http'],
  [{ number: 9000, name: 'http-admin' }, 'http'],
  [{ number: 9000, name: 'HTTPS' }, 'https'],
  [{ number: 9000, name: 'httpd' }, undefined],
  [{ number: 8080, name: 'main' }, 'http'],
  [{ number: 8080, name: 'grpc' }, undefined],
  [{ number: 8080, name: 'tcp-echo' }, undefined],
  [{ name: 'http' }, 'http'],
  [{ name: 'sql' }, undefined],
  [{ number: 9000, appProtocol: 'http' }, 'http'],
  [{ number: 9000, appProtocol: 'kubernetes.io/wss' }, 'https'],
  [{ number: 80, name: 'http', appProtocol: 'kubernetes.io/h2c' }, undefined],
  [{ number: 80, name: 'http', appProtocol: 'postgresql' }, undefined],
  [{ number: 80, name: 'constructor' }, 'http'],
  [{ number: 9000, name: 'constructor' }, undefined],
])('%j: %s', (hints, scheme) => expect(httpScheme(hints)).toBe(scheme));
