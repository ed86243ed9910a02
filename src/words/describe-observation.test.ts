import { expect, it } from 'vitest';
import { warned } from '../model/warning.ts';
import { describeNote, describeObservation } from './describe-observation.ts';

it.each([
  [{ level: 'warning', code: 'W043', message: 'one\ntwo' }, ['warning W043 one', 'two']],
  [{ level: 'warning', message: 'of an older log' }, ['warning: of an older log']],
  [{ level: 'info', code: 'W039', message: 'one' }, ['one']],
] as const)('%j as lines', (note, lines) => expect(describeNote(note)).toEqual(lines));

const forwarded = {
  type: 'port.forwarded',
  resource: 'pod/db',
  port: 'sql',
  address: 'localhost',
  localPort: 8081,
} as const;

it.each([
  [warned('W086', 'cannot save cache c'), 'warning W086 cannot save cache c'],
  [{ type: 'workload.left', workload: 'w', detail: 'no answer' }, 'warning W087 w may be left behind: no answer'],
  [{ type: 'noted', level: 'info', message: 'deploys to prod' }, 'deploys to prod'],
  [
    { ...forwarded, resource: 'service/web', port: 80, address: '127.0.0.1', localPort: 8080 },
    'forwarding service/web:80 to 127.0.0.1:8080',
  ],
  [{ ...forwarded, scheme: 'https' }, 'forwarding pod/db:sql to https://localhost:8081'],
  [
    { ...forwarded, scheme: 'http', address: '::1', instead: { of: 8080, because: 'taken' } },
    'forwarding pod/db:sql to http://[::1]:8081 (port 8080 is taken, so 8081 is used)',
  ],
  [
    { ...forwarded, instead: { of: 80, because: 'forbidden' } },
    'forwarding pod/db:sql to localhost:8081 (port 80 is only for privileged processes, so 8081 is used)',
  ],
] as const)('%j: %s', (fact, text) => expect(describeObservation(fact)).toBe(text));
