import { expect, test } from 'vitest';
import type { LoadStepSpec, PlannedImage } from './deploy-spec.ts';
import { planLoad } from './plan-load.ts';

const image = (name: string, from: PlannedImage['from'], reference = `${name}:v1`): PlannedImage => ({
  ...{ name, reference, from, insecure: false },
});
const images = [
  image('web', 'built'),
  image('cart', 'given'),
  image('pinned', 'given', `pinned:v1@sha256:${'0'.repeat(64)}`),
  image('far', 'remote'),
];

test.each<[string, readonly PlannedImage[], boolean, readonly string[] | undefined]>([
  ['what is built', images, false, ['web']],
  ['what is given, too, with --load-images, but not by digest', images, true, ['web', 'cart']],
  ['nothing', images.slice(1), false, undefined],
])('plans to load %s', (_, all, given, loaded) => {
  const loader = { tool: 'kind', cluster: 'dev' } as const;
  const stage = planLoad({ loader, images: all, given, place: { folder: '/' } }, 3);
  const [step] = stage?.steps ?? [];
  expect((step?.spec as LoadStepSpec | undefined)?.images.map(({ name }) => name)).toEqual(loaded);
  if (stage) expect([stage.ordinal, stage.name, step?.name, step?.id]).toEqual([3, 'load', 'kind', '1.3.1']);
});
