import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseImageReference } from './image-reference.ts';
import { credentialSource, registryAuth, userCredentials, type AuthConfig } from './registry-credentials.ts';

const auth = (text: string) => ({ auth: Buffer.from(text).toString('base64') });
const hub = 'https://index.docker.io/v1/';

test.each<readonly [string, AuthConfig, string, unknown]>([
  ['nothing known', {}, 'busybox', undefined],
  [
    'Docker Hub',
    { auths: { [hub]: auth('me:a:b') } },
    'busybox',
    { credentials: { username: 'me', password: 'a:b', serveraddress: hub } },
  ],
  [
    'a registry',
    { auths: { 'quay.io': auth('me:x') } },
    'quay.io/a/b',
    { credentials: { username: 'me', password: 'x', serveraddress: 'quay.io' } },
  ],
  [
    'a registry as a URL',
    { auths: { 'https://r.example:5000/v2/': auth('me:x') } },
    'r.example:5000/a',
    { credentials: { username: 'me', password: 'x', serveraddress: 'r.example:5000' } },
  ],
  ['another registry', { auths: { 'quay.io': auth('me:x') } }, 'ghcr.io/a', undefined],
  [
    'the longest namespace',
    { auths: { 'quay.io': auth('me:x'), 'quay.io/team': auth('team:y') } },
    'quay.io/team/b:1',
    { credentials: { username: 'team', password: 'y', serveraddress: 'quay.io' } },
  ],
  [
    'an identity token',
    { auths: { 'a.example': { identitytoken: 't' } } },
    'a.example/b',
    { credentials: { identitytoken: 't', serveraddress: 'a.example' } },
  ],
  ['a store', { credsStore: 'desktop', auths: { [hub]: {} } }, 'busybox', { helper: 'desktop', key: hub }],
  [
    'a helper before a store',
    { credsStore: 'desktop', credHelpers: { 'gcr.io': 'gcloud' } },
    'gcr.io/a/b',
    { helper: 'gcloud', key: 'gcr.io' },
  ],
])('credentials: %s', (_, config, image, expected) => {
  expect(credentialSource(config, parseImageReference(image))).toEqual(expected);
});

test('a helper provides credentials, and a failed helper is reported', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-credentials-'));
  try {
    const file = join(folder, 'config.json');
    await writeFile(file, JSON.stringify({ credHelpers: { 'a.example': 'good', 'b.example': 'bad' } }));
    await writeFile(
      join(folder, 'docker-credential-good'),
      '#!/bin/sh\nread key\nprintf \'{"ServerURL":"%s","Username":"me","Secret":"s"}\' "$key"\n',
    );
    await writeFile(join(folder, 'docker-credential-bad'), '#!/bin/sh\necho locked\nexit 3\n');
    for (const name of ['good', 'bad']) await chmod(join(folder, `docker-credential-${name}`), 0o755);
    const from = { files: [join(folder, 'missing.json'), file], env: { PATH: `${folder}:/usr/bin:/bin` } };
    const { signal } = new AbortController();
    const { header = '' } = await registryAuth(parseImageReference('a.example/x'), from, signal);
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      username: 'me',
      password: 's',
      serveraddress: 'a.example',
    });
    expect(await registryAuth(parseImageReference('b.example/x'), from, signal)).toEqual({
      problem: 'docker-credential-bad failed (3): locked',
    });
    expect(await registryAuth(parseImageReference('c.example/x'), from, signal)).toEqual({});
    expect(await userCredentials(parseImageReference('a.example/x'), from, signal)).toEqual({
      credentials: { username: 'me', password: 's', serveraddress: 'a.example' },
      source: 'docker-credential-good',
    });
    await writeFile(file, JSON.stringify({ auths: { 'a.example': auth('me:s') } }));
    expect(await userCredentials(parseImageReference('a.example/x'), from, signal)).toMatchObject({ source: file });
  } finally {
    await rm(folder, { recursive: true });
  }
});
