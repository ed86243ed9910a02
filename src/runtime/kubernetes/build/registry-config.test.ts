import { expect, test } from 'vitest';
import type { ImageBuild } from '../../image-builder.ts';
import { registryConfig } from './registry-config.ts';

const login = { username: 'me', password: 'pass:word' };
const auth = Buffer.from('me:pass:word').toString('base64');

test.each<[string, Pick<ImageBuild, 'login' | 'pushes'>, unknown]>([
  [
    'without credentials the environment of the builder decides',
    { pushes: [{ reference: 'r.example/a:1', insecure: false }] },
    undefined,
  ],
  ['nobody', { login: 'anonymous' }, { auths: {} }],
  [
    'a user name with a password is for the registries of the pushes',
    { login, pushes: [{ reference: 'r.example:5000/a:1', insecure: false, login }] },
    { auths: { 'r.example:5000': { auth } } },
  ],
  ['without a push no registry gets them', { login }, { auths: {} }],
  [
    'Docker Hub has a special key',
    { pushes: [{ reference: 'me/a:1', insecure: false, login }] },
    { auths: { 'https://index.docker.io/v1/': { auth } } },
  ],
  [
    'a configuration without its helpers',
    { login: { config: '{"auths":{"x":{"identitytoken":"t"}},"credHelpers":{"y":"gcloud"}}' } },
    { auths: { x: { identitytoken: 't' } } },
  ],
  ['an invalid configuration', { login: { config: 'no' } }, { auths: {} }],
])('%s', (_, build, config) => {
  const text = registryConfig(build);
  expect(text === undefined ? undefined : JSON.parse(text)).toEqual(config);
});
