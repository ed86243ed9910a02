/** Responses of an engine that report another object as gone. Podman sends them under load. */
import { expect, test } from 'vitest';
import { EngineError } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { removeContainers, removeWorkload } from './remove-workload.ts';

/** An engine that returns these responses in turn, and records the requests. */
function scripted(...answers: readonly (EngineError | object)[]) {
  const asked: string[] = [];
  const left = [...answers];
  const session = {
    clock: { now: () => 0, sleep: async () => undefined },
    engine: {
      async json(method: string, path: string) {
        asked.push(`${method} ${path}`);
        const answer = left.shift();
        if (answer instanceof EngineError) throw answer;
        return answer;
      },
    },
  };
  return { session: session as unknown as EngineSession, asked };
}

const gone = new EngineError(404, 'no such container');
const stumbled = new EngineError(500, 'container 12ab: no such container');
const remove = 'DELETE /containers/a';
const look = 'GET /containers/a/json';

test.each([
  ['removed', [{}], [remove]],
  ['gone already', [gone, gone], [remove, look]],
  ['another object is gone, this one exists', [stumbled, {}, {}], [remove, look, remove]],
  ['404 for another object', [gone, {}, {}], [remove, look, remove]],
  ['a lookup that fails proves nothing', [stumbled, stumbled, gone, gone], [remove, look, remove, look]],
  ['in use', [new EngineError(409, 'busy'), {}], [remove, remove]],
])('remove: %s', async (_, answers, expected) => {
  const { session, asked } = scripted(...answers);
  await removeContainers(session, ['a']);
  expect(asked).toEqual(expected);
});

test.each([
  ['container', stumbled],
  ['image', new EngineError(500, 'locating image with ID "96": image not known')],
  ['image of another', new EngineError(500, 'reading image "96": no such image')],
  ['volume', new EngineError(500, 'no such volume')],
])('lists are asked for again if a %s disappeared meanwhile', async (_, error) => {
  const lists = ['GET /containers/json', 'GET /volumes', 'GET /images/json'];
  const { session, asked } = scripted(error, [], error, error, { Volumes: null }, []);
  expect(await removeWorkload(session, 'w')).toBe(0);
  expect(asked).toEqual([lists[0], ...lists, ...lists.slice(1)]);
});
