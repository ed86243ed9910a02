import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import type { Fields } from './kubeconfig.ts';
import { credentialsOf, renewalAt, UserLogin } from './user-login.ts';

const signal = new AbortController().signal;
const minute = 60_000;

/** A user of a kubeconfig in a folder of its own. */
function world(fields: Fields) {
  const folder = temporaryFolder();
  const clock = new ManualClock();
  const login = new UserLogin({
    user: { file: `${folder.path}/config`, fields },
    cluster: {},
    env: { PATH: process.env['PATH'] ?? '' },
    clock,
  });
  const write = (name: string, text: string) => writeFileSync(`${folder.path}/${name}`, text, { mode: 0o755 });
  return { path: folder.path, clock, login, write, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

const plugin = { exec: { command: './plugin', apiVersion: 'client.authentication.k8s.io/v1' } };

/** Counts its runs, and returns the count as a token until it expires. */
function counting(expires: string): string {
  return `#!/bin/sh\necho x >> "\${0%/*}/asked"\nn=$(wc -l < "\${0%/*}/asked")\necho '{"status":{"token":"t'$((n))'"${expires}}}'\n`;
}

test.each([
  ['a token', { token: 't' }, { token: 't' }],
  [
    'a certificate',
    { 'client-certificate-data': 'Y2VydA==', 'client-key-data': 'a2V5' },
    { certificate: 'cert', key: 'key' },
  ],
  ['a password', { username: 'u', password: 'p' }, { username: 'u', password: 'p' }],
  ['nothing', { as: 'other' }, {}],
])('%s is used to log in', (_, fields, expected) => {
  expect(credentialsOf(fields)).toEqual(expected);
});

test('a file is read again after a second, and at once if its token is rejected', async () => {
  using w = world({ tokenFile: 'token' });
  w.write('token', 'one\n');
  expect(await w.login.credentials(false, signal)).toEqual({ token: 'one' });
  w.write('token', 'two\n');
  expect(await w.login.credentials(false, signal)).toEqual({ token: 'one' });
  await w.clock.advance(1_000);
  expect(await w.login.credentials(false, signal)).toEqual({ token: 'two' });
  w.write('token', 'three\n');
  expect(await w.login.credentials(true, signal)).toEqual({ token: 'three' });
});

test('a program runs again a minute before its credentials expire, and at once if they are rejected', async () => {
  using w = world(plugin);
  const expires = new Date(w.clock.now() + 10 * minute).toISOString();
  w.write('plugin', counting(`,"expirationTimestamp":"${expires}"`));
  expect(await w.login.credentials(false, signal)).toEqual({ token: 't1' });
  await w.clock.advance(9 * minute - 1);
  expect(await w.login.credentials(false, signal)).toEqual({ token: 't1' });
  await w.clock.advance(1);
  expect(await w.login.credentials(false, signal)).toEqual({ token: 't2' });
  expect(await w.login.credentials(true, signal)).toEqual({ token: 't3' });
});

test('a program without an expiry runs once for concurrent callers', async () => {
  using w = world(plugin);
  w.write('plugin', counting(''));
  const answers = await Promise.all([1, 2, 3].map(async () => await w.login.credentials(false, signal)));
  await w.clock.advance(24 * 60 * minute);
  expect([...answers, await w.login.credentials(false, signal)]).toEqual(
    Array.from({ length: 4 }, () => ({ token: 't1' })),
  );
  expect(await readFile(`${w.path}/asked`, 'utf8')).toBe('x\n');
});

test('a caller that gives up does not affect other callers', async () => {
  using w = world(plugin);
  // The first time it does not respond.
  w.write(
    'plugin',
    '#!/bin/sh\ncd "${0%/*}"\n[ -e asked ] || { touch asked; exec sleep 600; }\necho \'{"status":{"token":"t"}}\'\n',
  );
  const first = new AbortController();
  const asking = w.login.credentials(false, first.signal);
  const other = w.login.credentials(false, signal);
  await expect.poll(async () => await readFile(`${w.path}/asked`, 'utf8').catch(() => undefined)).toBe('');
  first.abort(new Error('gone'));
  await expect(asking).rejects.toThrow('gone');
  expect(await other).toEqual({ token: 't' });
});

test.each([
  ['an unsupported kind of login', { 'auth-provider': { name: 'gcp' } }, /auth-provider/],
  ['a missing file', { tokenFile: 'nowhere' }, /ENOENT/],
  [
    'a missing program',
    { exec: { command: './nowhere', apiVersion: 'client.authentication.k8s.io/v1' } },
    /program not found/,
  ],
])('%s is reported in a sentence', async (_, fields, says) => {
  using w = world(fields);
  expect(await w.login.credentials(false, signal)).toMatch(says);
});

test.each([
  ['no expiry', undefined, Infinity],
  ['an expiry in ten minutes', 10 * minute, 9 * minute],
  ['an expiry in half a minute', minute / 2, minute / 4],
  ['an expiry in the past', -minute, -minute],
])('credentials with %s', (_, expiresAt, expected) => {
  expect(renewalAt(0, expiresAt)).toBe(expected);
});
