import { expect, test } from 'vitest';
import { explainAbsence } from './choose-runtime.ts';

const looked = [{ where: 'DOCKER_HOST (unix:///x)', result: 'the socket does not exist' }];
const advice = ['start the engine that DOCKER_HOST names', 'unset DOCKER_HOST'];

test.each<[string, readonly string[], readonly string[], string, Parameters<typeof explainAbsence>[1]?]>([
  [
    'offers the host as one of several ways',
    ['docker'],
    advice,
    `No container engine answers; looked at
    DOCKER_HOST (unix:///x): the socket does not exist
  do one of these:
    start the engine that DOCKER_HOST names
    unset DOCKER_HOST
    or add --on host      the steps then run as you, on this machine`,
  ],
  [
    'does not offer a host that cannot do the work',
    ['docker'],
    advice,
    `No container engine answers; looked at
    DOCKER_HOST (unix:///x): the socket does not exist
  do one of these:
    start the engine that DOCKER_HOST names
    unset DOCKER_HOST`,
    { host: false, engine: true },
  ],
  [
    'offers an engine in the place of a cluster',
    ['kubernetes'],
    [],
    `No cluster answers; looked at
    DOCKER_HOST (unix:///x): the socket does not exist
  do one of these:
    or add --on docker    it then runs in containers of Docker or Podman, without a cluster`,
    { host: true, engine: true },
  ],
  [
    'offers no engine where none can do it',
    ['kubernetes'],
    [],
    `No cluster answers; looked at
    DOCKER_HOST (unix:///x): the socket does not exist`,
  ],
  [
    'says nothing of ways where there are none',
    ['docker', 'host'],
    [],
    `No container engine answers; looked at
    DOCKER_HOST (unix:///x): the socket does not exist
    DOCKER_HOST (unix:///x): the socket does not exist`,
  ],
])('the text about a missing runtime %s', (_, kinds, advice, text, fits) => {
  const connections = kinds.map((kind) => ({ kind, connection: { status: 'unavailable', looked, advice } as const }));
  expect(explainAbsence({ status: 'none', connections }, fits)).toBe(text);
});
