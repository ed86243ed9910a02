import { expect, test } from 'vitest';
import { failed, type Failure } from '../model/outcome.ts';
import { cancelledOrFailed, stoppedOrFailed } from './error-outcome.ts';
import { RuntimeRefused } from './runtime-refused.ts';

const failure: Failure = { code: 'runtime-lost', detail: 'no answer' };
const refused = new RuntimeRefused(failure, new Error('no answer'));
const going = new AbortController().signal;
const stopped = AbortSignal.abort(new Error('stop'));

test.each([refused, new TypeError('a bug')])('an aborted signal comes before %s', (error) => {
  expect(cancelledOrFailed(error, stopped).status).toBe('cancelled');
  expect(stoppedOrFailed(error, stopped).status).toBe('succeeded');
});

test('an error of the platform is a failure', () => {
  expect(cancelledOrFailed(refused, going)).toEqual(failed(failure));
  expect(stoppedOrFailed(refused, going)).toEqual(failed(failure));
  expect(stoppedOrFailed(new Error('lost'), going, () => failure)).toEqual(failed(failure));
});

test('a bug is thrown', () => {
  const bug = new TypeError('a bug');
  expect(() => cancelledOrFailed(bug, going)).toThrow(bug);
  expect(() => stoppedOrFailed(bug, going)).toThrow(bug);
  expect(() => stoppedOrFailed(refused, going, () => undefined)).toThrow(refused);
});
