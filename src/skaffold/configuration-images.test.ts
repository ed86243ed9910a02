import { expect, test } from 'vitest';
import { textFiles } from '../../test/rigs/skaffold-configurations.ts';
import { skaffoldReader } from './configuration-reader.ts';

/** Reads only files, and fails if it asks for anything else. */
const reader = (files: Readonly<Record<string, string>>) =>
  skaffoldReader({
    ...{ files: textFiles(files), home: '/home/me', env: {}, repositories: '/none' },
    kube: async () => await Promise.reject(new Error('the kube context is not needed')),
  });

const head = 'apiVersion: skaffold/v4beta13\nkind: Config\n';

test.each<[string, string, readonly string[]]>([
  ['each artifact', `${head}build: { artifacts: [{ image: a }, { image: "{{.B}}" }] }\n`, ['a', '{{.B}}']],
  [
    'each document',
    `${head}build: { artifacts: [{ image: a }] }\n---\n${head}build: { artifacts: [{ image: b }] }\n`,
    ['a', 'b'],
  ],
  [
    'a file that requires others',
    `${head}requires: [{ git: { repo: "https://x.example/y" } }, { path: other }]\nbuild: { artifacts: [{ image: a }] }\n`,
    ['a'],
  ],
  ['an old version', 'apiVersion: skaffold/v1beta1\nkind: Config\nbuild: { artifacts: [{ image: a }] }\n', ['a']],
  ['a file that is being written', `${head}build: { artifacts: [{ image: a }, { imag`, []],
  ['an empty file', '', []],
])('the images of %s', async (_, yaml, images) => {
  expect(await reader({ '/p/skaffold.yaml': yaml }).images('/p')).toEqual(images);
});

test('a missing file has no images', async () => expect(await reader({}).images('/p')).toEqual([]));
