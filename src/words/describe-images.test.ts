import { expect, test } from 'vitest';
import type { Artifact } from '../model/artifact.ts';
import { describeImages } from './describe-images.ts';

const image = (references: readonly string[], pushed: readonly string[]): Artifact => ({
  kind: 'image',
  id: 'sha256:1',
  references,
  pushed: pushed.map((reference) => ({ reference, digest: 'sha256:2' })),
});

test.each<[readonly Artifact[], string]>([
  [[], ''],
  [[{ kind: 'files', manifest: 'sha256:3' as never, files: 1, bytes: 1 }], ''],
  [[image(['a:1'], ['a:1'])], 'pushed a:1'],
  [[image(['a:1', 'a:2', 'a:3'], ['a:1', 'a:2', 'a:3'])], 'pushed a:1 and 2 more'],
  [[image(['a:1', 'a:2'], [])], 'built a:1 and 1 more'],
  [[image(['a:1', 'a:2'], ['a:1'])], 'pushed a:1'],
])('%j: %s', (artifacts, said) => {
  expect(describeImages(artifacts)).toBe(said);
});
