import { describe, expect, it } from 'vitest';
import { projectDir } from '../../../test/rigs/project-dir.ts';
import { succeeded } from '../../model/outcome.ts';
import { testInputs } from './test-inputs.ts';
import type { ImageTest, TestDependencies } from './test-spec.ts';

const around = {
  images: { find: async () => await Promise.resolve(succeeded(undefined)) },
  env: { PATH: process.env['PATH'] },
};
const { signal } = new AbortController();
const custom = (dependencies?: TestDependencies): ImageTest => ({
  ...{ type: 'custom', command: 'false' },
  ...(dependencies && { dependencies }),
});
const tests = {
  ...{ globalEnv: [], passedVariables: [], commands: [], existence: [], contents: [] },
};

describe('the files that run a test again', () => {
  it.each<[string, ImageTest, readonly string[], readonly string[]]>([
    ['no dependencies', custom(), [], []],
    [
      'paths without those to ignore',
      custom({ kind: 'patterns', patterns: { paths: ['sub', '*.txt'], ignore: ['sub/b'] } }),
      ['sub/a', 'x.txt'],
      [],
    ],
    ['no paths', custom({ kind: 'patterns', patterns: { paths: [], ignore: [] } }), [], []],
    [
      'a command in the context, which has the variables of the test',
      custom({
        kind: 'command',
        command: 'echo "[\\"$(ls sub | head -1)\\", \\"sub/b\\", \\"/outside\\"]"; test "$IMAGE" = a:1',
      }),
      ['a', 'sub/b'],
      ['/outside'],
    ],
    ['a file of structure tests', { type: 'structure', file: '/t.yaml', tests }, [], ['/t.yaml']],
  ])('%s', async (_, test, selected, others) => {
    await using project = await projectDir({ 'sub/a': '', 'sub/b': '', 'x.txt': '' });
    const found = await testInputs({ test, context: project.path, reference: 'a:1' }, around, signal);
    if (found.status !== 'succeeded') throw new Error(JSON.stringify(found));
    expect(['a', 'sub/a', 'sub/b', 'x.txt', 'y'].filter((path) => found.value.files.matches(path))).toEqual(selected);
    expect(found.value).toMatchObject({ folder: project.path, others, baseImages: [] });
  });

  it('are unknown if the command fails', async () => {
    const test = custom({ kind: 'command', command: 'false' });
    expect(await testInputs({ test, context: '/', reference: 'a:1' }, around, signal)).toMatchObject({
      status: 'failed',
    });
  });
});
