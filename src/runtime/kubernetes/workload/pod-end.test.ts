import { expect, it } from 'vitest';
import { exitOf } from './pod-end.ts';

it.each([
  ['0\n', { code: 0 }],
  [
    'start-failed nope\n',
    {
      failure: {
        code: 'start-failed',
        detail: 'cannot run "nope": the image has no such command',
        cause: 'no-program',
      },
    },
  ],
  // A step can write there too, so control characters are removed.
  [
    'start-failed \u001b]0;mine\u0007\n',
    {
      failure: {
        code: 'start-failed',
        detail: 'cannot run "\ufffd]0;mine\ufffd": the image has no such command',
        cause: 'no-program',
      },
    },
  ],
  ['whatever', undefined],
])('the note %j', (noted, exit) => expect(exitOf(noted)).toEqual(exit));
