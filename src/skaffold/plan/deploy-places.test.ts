import { expect, test } from 'vitest';
import { locatedMap } from '../../../test/rigs/located-yaml.ts';
import type { DeployRequest } from '../../engine/deploy-request.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Configuration } from '../config/configuration.ts';
import { deployPlace, type ClusterFacts } from './deploy-places.ts';
import type { ConfigurationDeployment } from './read-deployments.ts';

const configured = (text: string) => ({ document: locatedMap(text) }) as Configuration;
const contexts = (names: readonly string[]) => names.map((name) => configured(`deploy: {kubeContext: ${name}}`));
const cluster = (more: object = {}) => ({ deployer: 'kubectl', place: { on: ['kubernetes'], ...more } });

interface Case {
  readonly contexts?: readonly string[];
  /** `deploy.docker.images`. */
  readonly images?: string;
  readonly onlyDocker?: readonly boolean[];
  readonly request?: Partial<DeployRequest>;
  readonly facts?: Partial<ClusterFacts>;
}

test.each<[string, Case, object, readonly string[]]>([
  ['the cluster that --on kubernetes means', { facts: { current: 'prod' } }, cluster(), []],
  ['a context of the command line', { facts: { flag: 'b' } }, cluster({ kubeContext: 'b' }), []],
  ['a namespace', { request: { namespace: 'shop' } }, cluster({ namespace: 'shop' }), []],
  ['an engine', { request: { on: ['docker'] } }, { deployer: 'docker', place: { on: ['docker'] } }, []],
  [
    'a cluster of the operator',
    { request: { on: ['kubernetes:x'] }, onlyDocker: [true] },
    cluster({ on: ['kubernetes:x'] }),
    [],
  ],
  ['deploy.docker alone', { onlyDocker: [true, true] }, { deployer: 'docker', place: { on: ['docker'] } }, []],
  ['deploy.docker in one module only', { onlyDocker: [true, false] }, cluster(), []],
  ['the current context in the file', { contexts: ['a'], facts: { current: 'a' } }, cluster(), []],
  ['another one', { contexts: ['b'], facts: { current: 'a' } }, cluster(), ['S090']],
  [
    'another one that the command line names',
    { contexts: ['b'], facts: { current: 'a', flag: 'b' } },
    cluster({ kubeContext: 'b' }),
    [],
  ],
  [
    'another one than the command line names, which decides',
    { contexts: ['b'], facts: { flag: 'a', current: 'a' } },
    cluster({ kubeContext: 'a' }),
    [],
  ],
  [
    'another one than the cluster of the command line',
    { contexts: ['b'], request: { on: ['kubernetes:x'] } },
    cluster({ on: ['kubernetes:x'] }),
    [],
  ],
  ['another one with --on kubernetes', { contexts: ['b'], request: { on: ['kubernetes'] } }, cluster(), ['S090']],
  [
    'a context of the command line that is not there',
    { contexts: ['b'], facts: { flag: 'x', known: ['a'] } },
    cluster({ kubeContext: 'x' }),
    ['S096'],
  ],
  [
    'a context of the command line without a kubeconfig',
    { facts: { flag: 'x', known: [] } },
    cluster({ kubeContext: 'x' }),
    ['S096'],
  ],
  [
    'a context that is not there, which only profiles of a render depend on',
    { request: { action: 'render' }, facts: { flag: 'x', known: ['a'] } },
    cluster({ kubeContext: 'x' }),
    [],
  ],
  ['images of deploy.docker on a cluster', { images: '[app]' }, cluster(), ['S095']],
  ['no images of deploy.docker', { images: '[]' }, cluster(), []],
  [
    'images of deploy.docker on an engine',
    { images: '[app]', request: { on: ['docker'] } },
    { deployer: 'docker', place: { on: ['docker'] } },
    [],
  ],
  [
    'another one that the operator has',
    { contexts: ['b', 'b'], facts: { current: 'a', operator: ['b'] } },
    cluster({ on: ['kubernetes:b'] }),
    [],
  ],
  ['two that the operator has', { contexts: ['b', 'c'], facts: { operator: ['b', 'c'] } }, cluster(), ['S090', 'S090']],
  [
    'another one for an engine',
    { contexts: ['b'], request: { on: ['docker'] } },
    { deployer: 'docker', place: { on: ['docker'] } },
    [],
  ],
  ['another one for a render', { contexts: ['b'], request: { action: 'render' } }, cluster(), []],
])('%s', (_, { contexts: names = [], images, onlyDocker = [false], request = {}, facts = {} }, place, codes) => {
  const found: Diagnostic[] = [];
  const deployments = onlyDocker.map((only) => ({ onlyDocker: only }) as ConfigurationDeployment);
  const of = { action: 'deploy', ...request } as const;
  expect(
    deployPlace(
      images === undefined ? contexts(names) : [configured(`deploy: {docker: {images: ${images}}}`)],
      deployments,
      of,
      { operator: [], ...facts },
      (diagnostic) => void found.push(diagnostic),
    ),
  ).toEqual(place);
  expect(found.map(({ code }) => code)).toEqual(codes);
});
