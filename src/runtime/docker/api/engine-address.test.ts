import { expect, it } from 'vitest';
import { environmentOf, parseEngineAddress } from './engine-address.ts';

it.each([
  ['unix:///run/docker.sock', { DOCKER_HOST: 'unix:///run/docker.sock', DOCKER_CONTEXT: undefined }],
  ['tcp://host', { DOCKER_HOST: 'tcp://host:2375', DOCKER_CONTEXT: undefined }],
  ['ssh://me@host:22', { DOCKER_HOST: 'ssh://me@host:22', DOCKER_CONTEXT: undefined }],
  // The certificates are in places that only the settings of the user name.
  ['https://host', undefined],
])('programs reach the engine at %s with %j', (text, environment) => {
  const parsed = parseEngineAddress(text);
  expect('address' in parsed && environmentOf(parsed.address).environment).toEqual(environment);
});
