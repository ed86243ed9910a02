import { expect, test } from 'vitest';
import type { ImageBuild } from '../../image-builder.ts';
import { registryConfig } from './registry-config.ts';

const login = { username: 'me', password: 'pass:word' };
const auth = Buffer.from('me:pass:word').toString('base64');

test.each<[string, Pick<ImageBuild, 'login' | 'pushes'>, unknown]>([
  [
    'nothing is said: the surroundings of the builder decide',
    { pushes: [{ reference: 'r.example/a:1', insecure: false }] },
    undefined,
  ],
  ['nobody', { login: 'anonymous' }, { auths: {} }],
  [
    'a name and a password are for the registries that are pushed to',
    { login, pushes: [{ reference: 'r.example:5000/a:1', insecure: false, login }] },
    { auths: { 'r.example:5000': { auth } } },
  ],
  ['without a push they are shown to nobody', { login }, { auths: {} }],
  [
    'Docker Hub has a name of its own',
    { pushes: [{ reference: 'me/a:1', insecure: false, login }] },
    { auths: { 'https://index.docker.io/v1/': { auth } } },
  ],
  [
    'a configuration without its helpers',
    { login: { config: '{"auths":{"x":{"identitytoken":"t"}},"credHelpers":{"y":"gcloud"}}' } },
    { auths: { x: { identitytoken: 't' } } },
  ],
  ['a configuration that is none', { login: { config: 'no' } }, { auths: {} }],
])('%s', (_, build, config) => {
  const text = registryConfig(build);
  expect(text === undefined ? undefined : JSON.parse(text)).toEqual(config);
});
