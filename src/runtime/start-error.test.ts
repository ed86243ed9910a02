import { describe, expect, test } from 'vitest';
import { readableStartError } from './start-error.ts';

describe('what engines say when a command cannot be started', () => {
  test.each([
    [
      'OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "/no/such": stat /no/such: no such file or directory: unknown',
      'cannot run "/no/such": no such file or directory',
    ],
    [
      'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "bash": executable file not found in $PATH: unknown',
      'cannot run "bash": there is no such command in the image',
    ],
    [
      'runc: runc create failed: unable to start container process: exec: "nope": executable file not found in $PATH: OCI runtime attempted to invoke a command that was not found',
      'cannot run "nope": there is no such command in the image',
    ],
    ['OCI runtime create failed: runc create failed: something new: unknown', 'runc create failed: something new'],
    ['unable to find user ci: no matching entries in passwd file', 'unable to find user ci: no matching entries in passwd file'],
  ])('%s', (said, readable) => {
    expect(readableStartError(said)).toBe(readable);
  });
});
