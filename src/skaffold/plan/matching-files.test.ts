import { expect, it } from 'vitest';
import { memoryFiles } from '../../../test/rigs/memory-pipeline.ts';
import { matchingFiles } from './matching-files.ts';

const names = ['a.yaml', 'b.yml', 'sub/a.yaml', 'sub/deep/a.yaml', 'sub/deep/[x].yaml', 'other/c.yaml'];
const files = memoryFiles(Object.fromEntries(names.map((name) => [`/p/${name}`, ''])));

it.each([
  ['/p/a.yaml', ['a.yaml']],
  ['/p/sub', ['sub/a.yaml', 'sub/deep/[x].yaml', 'sub/deep/a.yaml']],
  ['/p/*.yaml', ['a.yaml']],
  ['/p/?.y*ml', ['a.yaml', 'b.yml']],
  ['/p/*/a.yaml', ['sub/a.yaml']],
  ['/p/**/a.yaml', ['a.yaml', 'sub/a.yaml', 'sub/deep/a.yaml']],
  ['/p/su*', ['sub/a.yaml', 'sub/deep/[x].yaml', 'sub/deep/a.yaml']],
  ['/p/none.yaml', []],
  ['/p/none/*', []],
  ['/p/a.yaml/*', []],
  ['/p/[', []],
])('%s names %j', async (pattern, expected) => {
  expect(await matchingFiles(pattern, files)).toEqual(expected.map((name) => `/p/${name}`));
});
