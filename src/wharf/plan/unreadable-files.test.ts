import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { loadPipeline } from './load-pipeline.ts';
import { readVariableFiles } from './variable-files.ts';
import { variableFilePlaces } from '../vars/variable-file-places.ts';
import { sourceFiles } from '../../util/source-files.ts';

const pipeline = 'test: {unit: {container: {image: "alpine:3", cmds: [a]}}}\n';

test.each<[string, (path: string) => void, string]>([
  ['a device that never ends', (path) => fs.symlinkSync('/dev/zero', path), 'is a device, not a file'],
  ['a pipe that nobody writes to', (path) => execFileSync('mkfifo', [path]), 'is a pipe, not a file'],
])('%s in the place of a configuration is a mistake that names it', async (_, make, said) => {
  using dir = temporaryFolder();
  const outer = async (directory: string) =>
    await readVariableFiles(variableFilePlaces(directory, { platform: 'linux', env: {}, home: dir.path }), sourceFiles);
  const load = async () => await loadPipeline({ path: `${dir.path}/a/b`, files: sourceFiles, selection: {}, outer });
  fs.mkdirSync(`${dir.path}/a/b`, { recursive: true });
  const file = `${dir.path}/a/b/.wharf-ci.yml`;

  make(file);
  expect((await load()).diagnostics).toMatchObject([
    { code: 'W003', message: `cannot read the file: ${file} ${said}` },
  ]);

  fs.rmSync(file);
  fs.writeFileSync(file, pipeline);
  make(`${dir.path}/a/.wharf-vars.yml`);
  expect((await load()).diagnostics).toMatchObject([
    { code: 'W045', message: expect.stringContaining(said) as string },
  ]);
});
