import { expect, test } from 'vitest';
import { EagerClock } from '../../../test/rigs/eager-clock.ts';
import { answerOf } from './answer-of.ts';
import { ApiError, ClusterClosed } from './api-error.ts';

const signal = new AbortController().signal;
const answers = async (...all: readonly (Error | string)[]) => {
  let count = 0;
  const clock = new EagerClock();
  return await answerOf(clock, signal, async () => {
    clock.pass(500);
    const answer = all[Math.min(count++, all.length - 1)];
    if (answer instanceof Error) throw answer;
    return await Promise.resolve(answer);
  });
};

test.each([
  ['an answer', ['a'], { value: 'a' }],
  ['a refusal', [new ApiError(403, 'no')], { refusal: 'no', isForbidden: true }],
  ['a method that is not allowed', [new ApiError(405, 'no')], { refusal: 'no', isForbidden: false }],
  ['a part that is down', [new ApiError(503, 'down')], { refusal: 'down', isForbidden: false }],
  ['a part that was down for a moment', [new ApiError(503, 'down'), 'a'], { value: 'a' }],
  ['a server with too many requests', [new ApiError(429, 'later'), 'a'], { value: 'a' }],
])('%s', async (_, all, expected) => {
  expect(await answers(...all)).toEqual(expected);
});

test.each([new ApiError(401, 'who?'), new ClusterClosed()])(
  'an error that concerns all requests: %s',
  async (error) => {
    await expect(answers(error)).rejects.toBe(error);
  },
);
