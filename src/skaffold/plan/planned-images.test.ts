import { describe, expect, test } from 'vitest';
import { plannedImages, type PlannedImagesRequest } from './planned-images.ts';

const artifact = (push = true, platforms: readonly string[] = []) => ({
  ...{ image: 'app', reference: 'r/app:1', push, insecure: false, platforms, usedElsewhere: false },
});
const deploy = (more: Partial<PlannedImagesRequest['deploy']> = {}): PlannedImagesRequest['deploy'] => ({
  ...{ action: 'deploy', build: false, images: [] },
  ...more,
});

describe('plannedImages', () => {
  test.each<[string, PlannedImagesRequest, string]>([
    ['a build', { deploy: deploy({ build: true }), artifacts: [artifact()], tagged: false }, 'app=r/app:1 built'],
    ['a deploy without images', { deploy: deploy(), artifacts: [artifact()], tagged: false }, '? app'],
    ['a tag', { deploy: deploy(), artifacts: [artifact()], tagged: true }, 'app=r/app:1 given'],
    [
      'a given image',
      { deploy: deploy({ images: [{ name: 'app', reference: 'x:2' }] }), artifacts: [artifact()], tagged: false },
      'app=x:2 given',
    ],
    [
      'a reference, which is for the artifact of its name',
      { deploy: deploy({ images: [{ reference: 'app:2' }] }), artifacts: [artifact()], tagged: false },
      'app=app:2 given',
    ],
    [
      'a reference with another registry is for no artifact',
      { deploy: deploy({ images: [{ reference: 'r/app:2' }] }), artifacts: [artifact()], tagged: false },
      'r/app=r/app:2 given, ? app, no artifact r/app',
    ],
    [
      'a given image of no artifact',
      { deploy: deploy({ images: [{ reference: 'r/other:2' }] }), artifacts: [], tagged: false },
      'r/other=r/other:2 given, no artifact r/other',
    ],
    [
      'a render of pushed images',
      { deploy: deploy({ action: 'render' }), artifacts: [artifact()], tagged: false },
      'app=r/app:1 remote',
    ],
    [
      'a render of local ones',
      { deploy: deploy({ action: 'render' }), artifacts: [artifact(false)], tagged: false },
      'app=r/app:1 given',
    ],
    [
      'digests of the registry',
      { deploy: deploy({ digestSource: 'remote' }), artifacts: [artifact(false)], tagged: false },
      'app=r/app:1 remote',
    ],
    [
      'no digests',
      { deploy: deploy({ digestSource: 'tag' }), artifacts: [artifact()], tagged: false },
      'app=r/app:1 given',
    ],
    ['no images', { deploy: deploy({ digestSource: 'none' }), artifacts: [artifact()], tagged: false }, ''],
    ['a removal', { deploy: deploy({ action: 'delete' }), artifacts: [artifact()], tagged: false }, ''],
  ])('%s', (_, request, expected) => {
    const { images, unknown, others } = plannedImages(request);
    const shown = [
      ...images.map(({ name, reference, from }) => `${name}=${reference} ${from}`),
      ...unknown.map((name) => `? ${name}`),
      ...others.map((name) => `no artifact ${name}`),
    ];
    expect(shown.join(', ')).toBe(expected);
  });
});

test('an image keeps the platforms that it was asked to have', () => {
  const artifacts = [artifact(true, ['linux/arm64'])];
  expect(plannedImages({ deploy: deploy({ build: true }), artifacts, tagged: false }).images).toMatchObject([
    { name: 'app', platforms: ['linux/arm64'] },
  ]);
});

test('an image that something besides manifests uses says so', () => {
  const artifacts = [
    { ...artifact(), usedElsewhere: true },
    { ...artifact(), image: 'web' },
  ];
  const { images } = plannedImages({ deploy: deploy({ build: true }), artifacts, tagged: false });
  expect(images.map(({ name, usedElsewhere }) => [name, usedElsewhere])).toEqual([
    ['app', true],
    ['web', undefined],
  ]);
});
