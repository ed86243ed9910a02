import { expect, test } from 'vitest';
import { readLogFixture } from '../../test/rigs/log-fixture.ts';
import { applyEvent, emptyRunState } from '../events/run-state.ts';
import { imagesOf, type Artifact, type ObjectChange } from '../model/artifact.ts';
import { describeArtifacts } from './describe-artifacts.ts';

const image = (references: readonly string[], pushed: readonly string[], name?: string): Artifact => ({
  kind: 'image',
  ...(name !== undefined && { name }),
  id: 'sha256:1',
  references,
  pushed: pushed.map((reference) => ({ reference, digest: 'sha256:2' })),
});

const deployment = (...changes: readonly ObjectChange[]): Artifact => ({
  kind: 'deployment',
  deployer: 'kubectl',
  objects: changes.map((change, i) => ({ apiVersion: 'v1', kind: 'Service', name: `s${i}`, change })),
});

test.each<[readonly Artifact[], string]>([
  [[], ''],
  [[{ kind: 'files', manifest: 'sha256:3' as never, files: 1, bytes: 1 }], ''],
  [[image(['a:1'], ['a:1'])], 'pushed a:1'],
  [[deployment('created', 'created')], '2 objects created'],
  [[deployment('unchanged')], '1 object unchanged'],
  [[deployment('changed', 'unchanged', 'unchanged', 'removed')], '4 objects: 1 changed, 2 unchanged, 1 removed'],
  [[deployment()], 'no objects'],
  [[image(['a:1', 'a:2', 'a:3'], ['a:1', 'a:2', 'a:3'])], 'pushed a:1 and 2 more'],
  [[image(['a:1', 'a:2'], [])], 'built a:1 and 1 more'],
  [[image(['a:1', 'a:2'], ['a:1'])], 'pushed a:1'],
  [[image(['r:5000/team/a:1'], [], 'a')], 'built r:5000/team/a:1'],
  [[image(['r:5000/team/a:1'], [], 'R:5000//Team/A/')], 'built r:5000/team/a:1'],
  [[image(['r/team/ba:1'], ['r/team/ba:1'], 'a')], 'pushed a as r/team/ba:1'],
  [[image(['r:5000/a'], [], 'a')], 'built r:5000/a'],
  [[image(['a:1', 'a:2'], [], 'b\n')], 'built b\\n as a:1 and 1 more'],
])('%j: %s', (artifacts, said) => {
  expect(describeArtifacts(artifacts)).toBe(said);
});

test('an image in a log from before images had names has none', async () => {
  const state = emptyRunState();
  for (const event of await readLogFixture(2, '-unnamed-image')) applyEvent(state, event);
  const images = [...state.steps.values()].flatMap((step) => imagesOf(step.artifacts));
  expect(images.map(({ name }) => name)).toEqual([undefined]);
  expect(describeArtifacts(images)).toBe('pushed registry.example/shop/api:1');
});
