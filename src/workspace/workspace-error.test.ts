import { expect, test } from 'vitest';
import { toWriteError } from './workspace-error.ts';

const said = (code: string, words: string) =>
  Object.assign(new Error(`${code}: ${words}, write`), { code, syscall: 'write' });

test.each([
  ['ENOSPC', 'no space left on device'],
  ['EDQUOT', 'quota exceeded'],
])('a disk without room for artifacts is told as that: %s', (code, words) => {
  expect(toWriteError(said(code, words), '/out')).toMatchObject({
    name: 'WorkspaceError',
    code: 'disk-full',
    message: `cannot write to /out: ${words}`,
    help: 'free disk space there, or choose another folder',
  });
});
