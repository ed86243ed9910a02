import { expect, test } from 'vitest';
import { parseEngineAddress, type TlsIdentity } from './engine-address.ts';
import { adviceFor } from './engine-advice.ts';

const place = (text: string, tls?: TlsIdentity) => ({
  where: 'DOCKER_HOST',
  undo: 'unset DOCKER_HOST',
  at: parseEngineAddress(text, tls),
});
const certificates: TlsIdentity = { verify: true };

test.each([
  [
    'unix:///var/run/docker.sock',
    undefined,
    'permission denied',
    /^no permission for \/var\/run\/docker.sock: run sudo usermod -aG docker/,
  ],
  ['unix:///run/podman/podman.sock', undefined, 'permission denied', /systemctl --user start podman.socket/],
  ['unix:///var/run/docker.sock', undefined, 'the socket does not exist', /^start the engine/],
  ['unix:///var/run/docker.sock', undefined, 'connection refused', /^start the engine/],
  ['ssh://me@far', undefined, 'me@far: Permission denied (publickey).', /password: ssh me@far docker version$/],
  ['ssh://me@far:2222', undefined, 'Host key verification failed.', /password: ssh -p 2222 me@far docker version$/],
  ['ssh://me@far', undefined, 'connect to host far port 22: Connection refused', /^start the engine/],
  ['tcp://far:2376', undefined, 'Client sent an HTTP request to an HTTPS server.', /DOCKER_TLS_VERIFY=1/],
  ['tcp://far:2376', certificates, 'self-signed certificate in certificate chain', /DOCKER_CERT_PATH/],
  [
    'tcp://far:2375',
    certificates,
    'write EPROTO 00:error:0A00010B:SSL routines:ssl3_get_record:wrong version number',
    /DOCKER_CERT_PATH/,
  ],
  ['tcp://far:2375', undefined, 'connection refused', /^start the engine/],
])('%s: %s %s', (address, tls, result, advice) => {
  const [first, ...rest] = adviceFor({ chosen: true, places: [place(address, tls)], results: [result] });
  expect(first).toMatch(advice);
  expect(rest).toEqual(['unset DOCKER_HOST']);
});

test('the advice for an invalid address is only to remove it', () => {
  expect(adviceFor({ chosen: true, places: [place('nowhere')], results: ['it is not an address'] })).toEqual([
    'unset DOCKER_HOST',
  ]);
});

const known = (...paths: string[]) =>
  paths.map((path) => ({ where: path, at: { address: { kind: 'unix', path } as const } }));

test('among the usual sockets, a denied one of Docker comes first', () => {
  const places = known('/var/run/docker.sock', '/run/podman/podman.sock');
  expect(adviceFor({ chosen: false, places, results: ['permission denied', 'permission denied'] })[0]).toContain(
    'usermod',
  );
  // Podman's system socket is always denied to users, and Docker's group would not help.
  expect(
    adviceFor({ chosen: false, places, results: ['the socket does not exist', 'permission denied'] }).join(),
  ).not.toContain('usermod');
});
