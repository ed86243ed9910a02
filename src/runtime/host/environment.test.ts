import { expect, test } from 'vitest';
import { allowedEnvironment } from './environment.ts';

test.each([
  [
    'has what tools need',
    { HOME: '/h', USER: 'u', LANG: 'C', LC_ALL: 'C', TZ: 'UTC', PATH: '/bin' },
    { HOME: '/h', USER: 'u', LANG: 'C', LC_ALL: 'C', TZ: 'UTC', PATH: '/bin' },
  ],
  [
    'has no secrets, agents, engines, outer CI',
    {
      GITHUB_TOKEN: 'x',
      SSH_AUTH_SOCK: 'x',
      DOCKER_HOST: 'x',
      KUBECONFIG: 'x',
      CI: 'true',
      AWS_PROFILE: 'x',
      PATH: '/bin',
    },
    { PATH: '/bin' },
  ],
  [
    'has proxies in both spellings',
    { https_proxy: 'a', NO_PROXY: 'b', PATH: '/bin' },
    { https_proxy: 'a', NO_PROXY: 'b', PATH: '/bin' },
  ],
  ['leaves unset variables unset', { HOME: undefined, PATH: '/bin' }, { PATH: '/bin' }],
])('%s', (_, env, expected) => {
  expect(allowedEnvironment(env)).toEqual(expected);
});

test('always has a PATH', () => {
  expect(allowedEnvironment({})['PATH']).toContain('/usr/bin');
});
