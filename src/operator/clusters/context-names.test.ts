import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { contextNames } from './context-names.ts';

test.each<[string, string | undefined, readonly string[]]>([
  [
    'those of the file',
    JSON.stringify({
      contexts: [
        { name: 'admin@prod', context: {} },
        { name: 'dev', context: {} },
      ],
    }),
    ['admin@prod', 'dev'],
  ],
  ['none of one that is no YAML', '{', []],
  ['none of one that is something else', '- 1', []],
  ['none where there is no file', undefined, []],
])('names of contexts: %s', async (_, text, expected) => {
  using folder = temporaryFolder();
  mkdirSync(`${folder.path}/.kube`);
  if (text !== undefined) writeFileSync(`${folder.path}/.kube/config`, text);
  expect(await contextNames({ env: {}, home: folder.path })).toEqual(expected);
});
