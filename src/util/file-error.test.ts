import fs from 'node:fs';
import { expect, test } from 'vitest';
import { FileError, isSystemError, reasonOf, toFileError } from './file-error.ts';

function errorOf(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}

test.each<[string, () => unknown, string]>([
  ['a missing file', () => fs.readFileSync('/nonexistent'), 'no such file or directory'],
  ['a folder', () => fs.readFileSync('/'), 'illegal operation on a directory'],
  [
    'a folder of /proc that cannot be listed',
    () => {
      throw Object.assign(new Error("EINVAL: invalid argument, scandir '/proc/1/net'"), {
        code: 'EINVAL',
        syscall: 'scandir',
      });
    },
    'invalid argument',
  ],
  ['a file as a folder', () => fs.readFileSync('/etc/passwd/x'), 'not a directory'],
])('%s is a system error', (_, act, reason) => {
  const error = errorOf(act);
  expect(toFileError(error)).toMatchObject({ name: 'FileError', code: 'file-system', message: error.message });
  expect(reasonOf(error)).toBe(reason);
});

test('a full disk has a code of its own', () => {
  expect(toFileError(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' }))).toMatchObject({
    code: 'disk-full',
    help: expect.stringContaining('slipway prune') as string,
  });
});

test.each<[string, unknown]>([
  ['a bug', new TypeError('x is not a function')],
  ['a wrong argument', Object.assign(new Error('EINVAL'), { code: 'EINVAL', syscall: 'read' })],
  ['a descriptor that was closed twice', errorOf(() => fs.closeSync(9999))],
  ['a connection', Object.assign(new Error('connect EACCES /run/docker.sock'), { code: 'EACCES', syscall: 'connect' })],
  ['a program', Object.assign(new Error('spawn git ENOENT'), { code: 'ENOENT', syscall: 'spawn git' })],
  ['no error', 'text'],
])('%s is not', (_, error) => {
  expect(isSystemError(error)).toBe(false);
  expect(toFileError(error)).toBeUndefined();
});

test('an error with a path stays unchanged', () => {
  const error = new FileError('corrupt', 'x');
  expect(toFileError(error)).toBe(error);
});
