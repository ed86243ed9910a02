import { expect, test } from 'vitest';
import { destinationsOf } from '../../specs/image-references.ts';
import type { DockerStepSpec } from '../../specs/specs.ts';
import { dockerKind } from './docker.ts';

const repository = { registry: 'registry.example', group: 'Acme', project: 'Shop', name: 'web' };
const spec: DockerStepSpec = {
  kind: 'docker',
  file: 'Dockerfile',
  context: '',
  tag: '1',
  repository,
  push: true,
  args: [],
  secretArgs: [],
  defaultSecret: '',
  insecure: false,
};

test.each<[string, Partial<DockerStepSpec>, string]>([
  ['a name in its project', {}, 'docker registry.example/acme/shop/web:1'],
  [
    'a name equal to its project except for case',
    { repository: { ...repository, name: 'shop' } },
    'docker registry.example/acme/shop:1',
  ],
  ['an explicit destination', { destination: 'registry.example/A/' }, 'docker registry.example/a:1'],
  ['several tags', { tag: '1, 2,,latest' }, 'docker registry.example/acme/shop/web:1 and 2 more'],
  ['a repeated tag', { tag: '1,1' }, 'docker registry.example/acme/shop/web:1'],
])('the summary shows the pushed name: %s', (_, fields, shown) => {
  const docker = { ...spec, ...fields };
  expect(dockerKind.text(docker).summary).toBe(shown);
  expect(shown).toContain(destinationsOf(docker)[0]);
});
