import { expect, it } from 'vitest';
import { exitOf } from './pod-end.ts';

it.each([
  ['0\n', { code: 0 }],
  [
    'start-failed nope\n',
    {
      failure: {
        code: 'start-failed',
        detail: 'cannot run "nope": there is no such command in the image',
        cause: 'no-program',
      },
    },
  ],
  // A step can write there, too: no terminal is told to do anything.
  [
    'start-failed \u001b]0;mine\u0007\n',
    {
      failure: {
        code: 'start-failed',
        detail: 'cannot run "\ufffd]0;mine\ufffd": there is no such command in the image',
        cause: 'no-program',
      },
    },
  ],
  ['whatever', undefined],
])('%j was noted', (noted, exit) => expect(exitOf(noted)).toEqual(exit));
