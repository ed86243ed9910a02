import { expect, test } from 'vitest';
import { EngineError, EngineLost } from './engine-error.ts';
import { StartRefused } from '../../start-refused.ts';
import { startFailure } from './engine-failure.ts';

test.each([
  [
    new EngineError(500, 'write /a: no space left on device'),
    { code: 'disk-full', where: 'the container engine', detail: 'write /a: no space left on device' },
  ],
  [new EngineError(400, 'no'), { code: 'start-failed', detail: 'no' }],
  [new EngineLost('connection refused'), { code: 'runtime-lost', detail: 'connection refused' }],
  [
    new StartRefused({ code: 'image-unavailable', image: 'a', detail: 'b' }),
    { code: 'image-unavailable', image: 'a', detail: 'b' },
  ],
  [new Error('a bug'), undefined],
])('%s', (error, failure) => {
  expect(startFailure(error)).toEqual(failure);
});
