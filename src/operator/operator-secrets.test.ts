import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test as base } from 'vitest';
import { noOperatorFile, type SecretSource } from './file/operator-file.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { operatorSecrets } from './operator-secrets.ts';

const at = new SourceText('config.yaml', '').span(0, 0);
const { signal } = new AbortController();

type Look = (keys: Readonly<Record<string, (folder: string) => object>>) => ReturnType<typeof operatorSecrets>;

const it = base.extend<{ folder: string; look: Look }>({
  folder: [
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'slipway-secrets-'));
      await writeFile(join(folder, 'value'), 'from a file\n\n');
      await writeFile(join(folder, 'binary'), Buffer.from([0xff, 0xfe]));
      const helper = join(folder, 'docker-credential-slipway-test');
      // The protocol of docker-credential-helpers: a server in, JSON out.
      await writeFile(
        helper,
        '#!/bin/sh\nread server\nif [ "$server" = known ]; then echo \'{"Username":"me","Secret":"hush"}\'; elif [ "$server" = token ]; then echo \'{"Username":"<token>","Secret":"tok"}\'; else echo "credentials not found in native keychain"; exit 1; fi\n',
      );
      await chmod(helper, 0o755);
      await use(folder);
      await rm(folder, { recursive: true });
    },
    { scope: 'file' },
  ],
  look: async ({ folder }, use) => await use(async (keys) => await lookIn(folder, keys)),
});

async function lookIn(folder: string, keys: Parameters<Look>[0]) {
  const entries = Object.entries(keys).map(
    ([key, source]) => [key, { ...source(folder), at } as SecretSource] as const,
  );
  const operator = {
    ...noOperatorFile,
    secrets: new Map([
      ['s', { keys: new Map(entries), at }],
      ['k', { kubernetes: 'their-secret', at }],
    ]),
  };
  return await operatorSecrets({ secrets: ['s'], keys: [] }, operator, {
    env: { VALUE: 'from the environment', EMPTY: '', PATH: `${folder}:${process.env['PATH'] ?? ''}` },
    signal,
  });
}

it('come from files, the environment and credential helpers', async ({ look }) => {
  const { secrets, diagnostics } = await look({
    file: (where) => ({ file: join(where, 'value') }),
    variable: () => ({ environment: 'VALUE' }),
    empty: () => ({ environment: 'EMPTY' }),
    password: () => ({ helper: 'slipway-test', server: 'known', part: 'secret' }),
    user: () => ({ helper: 'slipway-test', server: 'known', part: 'username' }),
    token: () => ({ helper: 'slipway-test', server: 'token', part: 'secret' }),
  });
  expect(diagnostics).toEqual([]);
  expect(Object.fromEntries(secrets.get('s') ?? [])).toEqual({
    file: 'from a file\n',
    variable: 'from the environment',
    empty: '',
    password: 'hush',
    user: 'me',
    token: 'tok',
  });
});

it.for<[string, (where: string) => object]>([
  ['a file that is not there', (where) => ({ file: join(where, 'missing') })],
  ['a file that is no text', (where) => ({ file: join(where, 'binary') })],
  ['a variable that is not set', () => ({ environment: 'MISSING' })],
  ['a helper that is not there', () => ({ helper: 'slipway-test-missing', server: 'known', part: 'secret' })],
  ['a server that the helper does not know', () => ({ helper: 'slipway-test', server: 'other', part: 'secret' })],
])('say why there is none: %s', async ([, source], { look }) => {
  const { diagnostics } = await look({ key: source });
  expect(diagnostics).toMatchObject([{ code: 'W063', severity: 'error' }]);
  expect(diagnostics[0]?.message).toContain('key `key`');
});

it('that Kubernetes keeps are for steps that run there', async () => {
  const operator = { ...noOperatorFile, secrets: new Map([['k', { kubernetes: 'their-secret', at }]]) };
  const { diagnostics } = await operatorSecrets({ secrets: ['k'], keys: [] }, operator, { env: {}, signal });
  expect(diagnostics).toMatchObject([{ code: 'W063' }]);
});
