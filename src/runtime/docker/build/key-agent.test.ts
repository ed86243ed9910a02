import { generateKeyPairSync, verify } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeKey, noSshAgent, serveAgent, sshAdd } from '../../../../test/rigs/ssh-agent.ts';
import { keyAgent } from './key-agent.ts';
import { agentMessage, sshString } from './ssh-agent.ts';

describe.skipIf(noSshAgent !== undefined)('an agent of keys (needs OpenSSH)', () => {
  test.each<[string, readonly string[]]>([
    ['Ed25519', ['-t', 'ed25519']],
    ['RSA', ['-t', 'rsa', '-b', '2048']],
    ['RSA as PEM', ['-t', 'rsa', '-b', '2048', '-m', 'PEM']],
    ['RSA as PKCS #8', ['-t', 'rsa', '-b', '2048', '-m', 'PKCS8']],
    ['ECDSA with 256 bits', ['-t', 'ecdsa', '-b', '256']],
    ['ECDSA with 384 bits', ['-t', 'ecdsa', '-b', '384']],
    ['ECDSA with 521 bits', ['-t', 'ecdsa', '-b', '521']],
    ['ECDSA as PEM', ['-t', 'ecdsa', '-b', '256', '-m', 'PEM']],
  ])('lists a key of %s, and signs so that OpenSSH accepts it', async (_, options) => {
    const { privateKey, publicKey } = await makeKey(options);
    const other = await makeKey();
    await using served = await serveAgent(keyAgent([other.privateKey, privateKey]));
    expect((await sshAdd(served.socket, ['-L'])).output.split('\n').map((line) => line.trim())).toEqual([
      other.publicKey,
      publicKey,
      '',
    ]);
    // Leading zeros in signatures and keys are rare, so sign often.
    for (let i = 0; i < 10; i++) expect(await testKey(served.socket, publicKey)).toMatchObject({ code: 0 });
    expect(await testKey(served.socket, (await makeKey()).publicKey)).toMatchObject({ code: 1 });
  });

  test('refuses a key with a passphrase', async () => {
    for (const format of ['RFC4716', 'PEM']) {
      const key = await makeKey(['-t', 'rsa', '-b', '2048', '-m', format, '-N', 'a passphrase']);
      expect(() => keyAgent([key.privateKey])).toThrow('the key has a passphrase');
    }
  });
});

async function testKey(socket: string, publicKey: string): ReturnType<typeof sshAdd> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-key-'));
  try {
    await writeFile(join(folder, 'key.pub'), `${publicKey}\n`);
    return await sshAdd(socket, ['-T', join(folder, 'key.pub')]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test.each<[string, string, string]>([
  ['no key', 'hello', 'not a private key'],
  ['a damaged file', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----', 'damaged'],
  [
    'a file that ends early',
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${Buffer.from('openssh-key-v1\0\0\0\0\x09none').toString('base64')}\n-----END OPENSSH PRIVATE KEY-----`,
    'is truncated',
  ],
  [
    'another type',
    generateKeyPairSync('ed448').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'Ed448',
  ],
])('refuses %s, without its text', (_, text, message) => {
  expect(() => keyAgent([text])).toThrow(message);
  expect(() => keyAgent([text])).not.toThrow(text);
});

test.each([
  [0, 'ssh-rsa', 'sha1'],
  [2, 'rsa-sha2-256', 'sha256'],
  [4, 'rsa-sha2-512', 'sha512'],
] as const)('signs with RSA and the hash that the flags %i select', async (flags, algorithm, hash) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const agent = keyAgent([privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()]);
  const listed = stringsOf((await agent.answer(Buffer.from([agentMessage.requestIdentities]))).subarray(5));
  const data = Buffer.from('data');
  const answer = await agent.answer(
    Buffer.concat([
      Buffer.from([agentMessage.signRequest]),
      sshString(listed[0] ?? ''),
      sshString(data),
      Buffer.from([0, 0, 0, flags]),
    ]),
  );
  expect(answer[0]).toBe(agentMessage.signature);
  const [name, signature] = stringsOf(stringsOf(answer.subarray(1))[0] ?? Buffer.alloc(0));
  expect(String(name)).toBe(algorithm);
  expect(verify(hash, data, publicKey, signature ?? Buffer.alloc(0))).toBe(true);
});

function stringsOf(bytes: Buffer): readonly Buffer[] {
  if (bytes.length === 0) return [];
  const end = 4 + bytes.readUInt32BE(0);
  return [bytes.subarray(4, end), ...stringsOf(bytes.subarray(end))];
}

test('fails to sign with a key that it does not have', async () => {
  const request = Buffer.concat([
    Buffer.from([agentMessage.signRequest]),
    sshString('key'),
    sshString('data'),
    Buffer.alloc(4),
  ]);
  expect([...(await keyAgent([]).answer(request))]).toEqual([agentMessage.failure]);
});
