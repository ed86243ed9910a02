import { expect, test } from 'vitest';
import type { ImageArtifact } from '../../model/artifact.ts';
import type { PlannedImage } from '../plan/deploy-spec.ts';
import { imagesToLoad } from './load-step.ts';

const planned = (name: string, from: PlannedImage['from'] = 'built'): PlannedImage => ({
  ...{ name, reference: `${name}:planned`, from, insecure: false },
});
const made = (name: string, more: Partial<ImageArtifact> = {}): ImageArtifact => ({
  ...{ kind: 'image', name, id: 'sha256:1', references: [`${name}:v1`], pushed: [] },
  ...more,
});
const pushed = [{ reference: 'web:v1', digest: 'sha256:2' }];

test.each<[string, readonly PlannedImage[], readonly ImageArtifact[], readonly string[]]>([
  ['a built image', [planned('web')], [made('web')], ['web:v1']],
  ['a pushed image', [planned('web')], [made('web', { pushed })], []],
  ['an image that was not built', [planned('web')], [], []],
  ['an image that exists', [planned('web', 'given')], [], ['web:planned']],
  ['the same image twice', [planned('web', 'given'), planned('web', 'given')], [], ['web:planned']],
])('loads %s as manifests name it', (_, images, artifacts, references) => {
  expect(imagesToLoad(images, artifacts)).toEqual(references);
});
