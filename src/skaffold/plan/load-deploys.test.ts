import { expect, test } from 'vitest';
import { joinedPlaces } from './load-deploys.ts';

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
