import { expect, test } from 'vitest';
import { deployPlace } from './deploy-places.ts';
import type { ConfigurationDeployment } from './read-deployments.ts';

const of = (...onlyDocker: readonly boolean[]) =>
  onlyDocker.map((only) => ({ onlyDocker: only }) as ConfigurationDeployment);

test.each([
  [
    'the current context',
    of(false),
    {},
    'prod',
    { deployer: 'kubectl', place: { on: ['kubernetes'], kubeContext: 'prod' } },
  ],
  [
    'a namespace',
    of(false),
    { namespace: 'shop' },
    undefined,
    { deployer: 'kubectl', place: { on: ['kubernetes'], namespace: 'shop' } },
  ],
  ['an engine', of(false), { on: ['docker'] }, 'prod', { deployer: 'docker', place: { on: ['docker'] } }],
  [
    'a cluster of the operator',
    of(true),
    { on: ['kubernetes:x'] },
    undefined,
    { deployer: 'kubectl', place: { on: ['kubernetes:x'] } },
  ],
  ['deploy.docker alone', of(true, true), {}, 'prod', { deployer: 'docker', place: { on: ['docker'] } }],
  [
    'deploy.docker in one module only',
    of(true, false),
    {},
    undefined,
    { deployer: 'kubectl', place: { on: ['kubernetes'] } },
  ],
])('%s', (_, deployments, request, context, place) => {
  expect(deployPlace(deployments, request, context)).toEqual(place);
});
