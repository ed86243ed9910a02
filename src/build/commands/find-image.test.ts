import { expect, it } from 'vitest';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { Cancelled, succeeded } from '../../model/outcome.ts';
import type { Registry } from '../../registry/registry.ts';
import type { ImageBuilder } from '../../runtime/image-builder.ts';
import { imageFinder } from './find-image.ts';

const push = { insecure: true };
const foundHere = succeeded({ id: 'sha256:1', digest: 'sha256:9' });
const images = { find: async () => await Promise.resolve(foundHere) } as unknown as ImageBuilder;

function finder(digest: () => ReturnType<Registry['digest']>) {
  const seen: string[] = [];
  const find = imageFinder(images, ({ registry, repository, tag }, { insecure }) => {
    seen.push(`${registry} ${repository} ${tag} ${insecure}`);
    return { digest, [Symbol.dispose]: () => void seen.push('closed') };
  });
  return { find, seen };
}

it('asks the engine for an image that was not pushed, and it has no digest', async () => {
  const { find, seen } = finder(() => Promise.reject(new Error('not asked')));
  expect(await find('app:v1', undefined, recordingWork().work)).toEqual(succeeded({ id: 'sha256:1' }));
  expect(seen).toEqual([]);
});

it.each([
  [{ value: { digest: 'sha256:2', mediaType: '', size: 1 } }, succeeded({ digest: 'sha256:2' })],
  [{ value: undefined }, succeeded(undefined)],
  [
    { failure: { code: 'unauthorized', message: 'no credentials' } as const },
    { status: 'failed', failure: { code: 'build-failed', detail: 'cannot look up r.io/app:v1: no credentials' } },
  ],
])('asks the registry for an image that was pushed: %j', async (answer, outcome) => {
  const { find, seen } = finder(async () => await Promise.resolve(answer));
  expect(await find('r.io/app:v1', push, recordingWork().work)).toEqual(outcome);
  expect(seen).toEqual(['r.io app v1 true', 'closed']);
});

it('is cancelled with the build', async () => {
  const { find } = finder(() => Promise.reject(new Error('aborted')));
  const { work } = recordingWork(AbortSignal.abort(new Cancelled('user')));
  expect(await find('r.io/app:v1', push, work)).toEqual({ status: 'cancelled', because: 'user' });
});
