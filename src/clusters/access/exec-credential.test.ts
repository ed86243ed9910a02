import { expect, test } from 'vitest';
import { askForCredential, credentialOf, execCommand } from './exec-credential.ts';

const v1 = 'client.authentication.k8s.io/v1';
const request = (exec: object, env: Record<string, string> = {}) => ({
  user: { file: '/home/me/.kube/config', fields: { exec } },
  cluster: {
    server: 'https://x',
    'certificate-authority-data': 'Y2E=',
    extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'a' } }],
  },
  env,
});
const signal = new AbortController().signal;

test('the program receives the API version, and the cluster if requested', () => {
  const command = execCommand(
    request(
      {
        command: 'login',
        args: ['get', 5],
        apiVersion: v1,
        provideClusterInfo: true,
        env: [{ name: 'A', value: 'own' }, { name: 'B' }],
      },
      { A: 'outer', PATH: '/bin' },
    ),
  );
  if (typeof command === 'string') throw new Error(command);
  expect(command).toMatchObject({ command: 'login', args: ['get', '5'], env: { A: 'own', B: '', PATH: '/bin' } });
  expect(JSON.parse(command.env['KUBERNETES_EXEC_INFO'] ?? '')).toEqual({
    apiVersion: v1,
    kind: 'ExecCredential',
    spec: {
      interactive: false,
      cluster: { server: 'https://x', 'certificate-authority-data': 'Y2E=', config: { audience: 'a' } },
    },
  });
});

test.each([
  [{ command: './bin/login', apiVersion: v1 }, '/home/me/.kube/bin/login'],
  [{ command: '/usr/bin/login', apiVersion: v1, env: null, args: null }, '/usr/bin/login'],
])('a path is relative to the kubeconfig: %j', (exec, command) => {
  expect(execCommand(request(exec))).toMatchObject({ command, args: [] });
});

test.each([
  [{ apiVersion: v1 }, 'names no command'],
  [{ command: 'x', apiVersion: 'client.authentication.k8s.io/v1alpha1' }, 'v1alpha1'],
  [{ command: 'x', apiVersion: v1, interactiveMode: 'Always' }, 'needs a terminal'],
])('an unusable `exec` is reported: %j', (exec, says) => {
  expect(execCommand(request(exec))).toContain(says);
});

test.each([
  ['{"status":{"token":"t"}}', { fields: { token: 't' } }],
  [
    '{"status":{"token":"t","expirationTimestamp":"1970-01-01T00:00:05Z"}}',
    { fields: { token: 't' }, expiresAt: 5_000 },
  ],
  ['{"status":{"token":"t","expirationTimestamp":"soon"}}', { fields: { token: 't' } }],
  [
    '{"status":{"clientCertificateData":"cert","clientKeyData":"key"}}',
    { fields: { 'client-certificate-data': 'Y2VydA==', 'client-key-data': 'a2V5' } },
  ],
  ['{"status":{"clientCertificateData":"cert"}}', 'the output has neither a token nor a certificate with its key'],
  ['{}', 'the output has neither a token nor a certificate with its key'],
  ['not json', 'the output is not JSON'],
])('output %s', (answer, credential) => {
  expect(credentialOf(answer)).toEqual(credential);
});

const shell = (script: string, more: object = {}) =>
  request({ command: '/bin/sh', args: ['-c', script], apiVersion: v1, ...more }, { PATH: '/usr/bin:/bin' });

test('a program returns credentials', async () => {
  expect(await askForCredential(shell(`echo '{"status":{"token":"of a program"}}'`), signal)).toEqual({
    fields: { token: 'of a program' },
  });
});

test.each([
  [shell('echo first >&2; echo not logged in >&2; exit 3'), '/bin/sh: exited with 3: not logged in'],
  [shell('echo hello'), '/bin/sh: the output is not JSON'],
  [
    request({ command: 'no-such-program-anywhere', apiVersion: v1, installHint: 'get it there' }, { PATH: '/bin' }),
    'no-such-program-anywhere: program not found\nget it there',
  ],
])('a failed program is reported with its last line', async (asked, says) => {
  expect(await askForCredential(asked, signal)).toBe(says);
});
