import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/rigs/file-tree.ts';
import { pipelineFiles } from './pipeline-files.ts';

test('reads a file, also through a link', async () => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'a'), 'text');
  symlinkSync('a', join(folder.path, 'b'));
  expect(Buffer.from(await pipelineFiles.read(join(folder.path, 'b'))).toString()).toBe('text');
});

test.skipIf(process.platform === 'win32')('refuses what never ends: pipes and devices', async () => {
  using folder = temporaryFolder();
  execFileSync('mkfifo', [join(folder.path, 'pipe')]);
  symlinkSync('/dev/zero', join(folder.path, 'zero'));
  for (const name of ['pipe', 'zero']) {
    await expect(pipelineFiles.read(join(folder.path, name))).rejects.toThrow('it is not a regular file');
  }
});

test.skipIf(process.platform === 'win32')('reads /dev/null as an empty file', async () => {
  using folder = temporaryFolder();
  symlinkSync('/dev/null', join(folder.path, 'empty'));
  expect(await pipelineFiles.read(join(folder.path, 'empty'))).toHaveLength(0);
});
