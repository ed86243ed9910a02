import { expect, test } from 'vitest';
import { named, readFiles } from '../../../test/rigs/read-configurations.ts';
import { containerImages, joinedPlaces } from './load-deploys.ts';

const [engine, cluster] = [{ on: ['docker'] }, { on: ['kubernetes'] }];

test.each([
  ['a build', undefined, undefined, true, undefined],
  ['a build in a cluster', { builds: cluster }, undefined, true, { builds: cluster }],
  ['a build and a deploy', undefined, { place: cluster }, true, { deploys: cluster }],
  ['a deploy needs no engine', undefined, { place: cluster }, false, { steps: cluster }],
  ['a render that builds', { steps: engine }, {}, true, { steps: engine }],
  ['a render that builds nothing needs neither', undefined, {}, false, { steps: { on: ['host'] } }],
] as const)('%s', (_, places, deploys, builds, expected) => {
  expect(joinedPlaces(places, deploys, builds)).toEqual(expected);
});

test('images of verifications and custom actions are used without a manifest', async () => {
  const { configurations } = await readFiles(
    named(
      'a',
      `verify: [{name: v, container: {name: v, image: probe}}]
customActions: [{name: c, containers: [{name: c, image: report}, {name: d, image: other}]}]
`,
    ),
  );
  expect(containerImages(configurations)).toEqual(['probe', 'report', 'other']);
});
