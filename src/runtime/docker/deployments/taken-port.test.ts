import { expect, it } from 'vitest';
import { takenPort } from './taken-port.ts';

it.each<[string, ReturnType<typeof takenPort>]>([
  [
    'driver failed programming external connectivity on endpoint web (1a2b): Bind for 127.0.0.1:8080 failed: port is already allocated',
    { port: 8080 },
  ],
  ['Error starting userland proxy: listen tcp4 127.0.0.1:80: bind: address already in use', { port: 80 }],
  ['cannot listen on the TCP port: listen tcp4 127.0.0.1:81: bind: address already in use', { port: 81 }],
  ['rootlessport cannot expose privileged port 80, you can add something', { port: 80 }],
  ['address already in use', {}],
  ['no such image', undefined],
])('%s', (said, expected) => {
  expect(takenPort(said)).toEqual(expected);
});
