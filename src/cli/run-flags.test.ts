import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/rigs/file-tree.ts';
import { parseInputs } from './run-flags.ts';

const asIs = (path: string) => path;

test('an input of a file may be one of a pipe, as <(command) is', async () => {
  using dir = temporaryFolder();
  execFileSync('mkfifo', [`${dir.path}/pipe`]);
  spawn('sh', ['-c', `echo secret > ${dir.path}/pipe`]);
  expect(await parseInputs([`token=@${dir.path}/pipe`], asIs)).toEqual([
    { name: 'token', value: 'secret', from: 'file' },
  ]);
});

test('an input of a file that is missing names the file', async () => {
  using dir = temporaryFolder();
  await expect(parseInputs([`token=@${dir.path}/none`], asIs)).rejects.toMatchObject({
    name: 'UsageError',
    message: `--input token: cannot read \`${dir.path}/none\`: no such file or directory`,
  });
});

test.each<[string, (path: string) => void, string]>([
  ['a device', (path) => fs.symlinkSync('/dev/zero', path), 'is a device, not a file'],
  ['a folder', (path) => fs.mkdirSync(path), 'is a folder, not a file'],
  ['far too large', (path) => fs.writeFileSync(path, Buffer.alloc(9 * 2 ** 20)), 'is larger than 8 MiB'],
])('an input of what is %s is a mistake on the command line', async (_, make, said) => {
  using dir = temporaryFolder();
  make(`${dir.path}/f`);
  await expect(parseInputs([`token=@${dir.path}/f`], asIs)).rejects.toMatchObject({
    name: 'UsageError',
    message: `--input token: ${dir.path}/f ${said}`,
  });
});
