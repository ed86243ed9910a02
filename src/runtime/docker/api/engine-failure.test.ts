import { expect, test } from 'vitest';
import { EngineError, EngineLost } from './engine-error.ts';
import { StartRefused } from '../../start-refused.ts';
import { pathFailure, startFailure } from './engine-failure.ts';

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

test.each([
  [`lstat /var/lib/docker/overlay2/${'ab'.repeat(32)}/merged/t/a: permission denied`, 'lstat /t/a: permission denied'],
  [`open /var/lib/docker/rootfs/overlayfs/${'ab'.repeat(32)}/t: busy`, 'open /t: busy'],
  [`cannot mount "/var/lib/docker/overlay2/${'ab'.repeat(32)}/merged"`, 'cannot mount ""'],
  ['no such driver', 'no such driver'],
])('a failure about a path has no paths of the host: %s', (said, shown) => {
  expect(pathFailure(new EngineError(500, said), 'cannot read `/t`')).toEqual({
    code: 'unsupported',
    detail: `cannot read \`/t\`: ${shown}`,
  });
});
