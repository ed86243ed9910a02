import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { ApiError, ClusterLost, ClusterUnreachable } from './api-error.ts';
import { Creation, NameTaken, requestAnnotation, type NamedObject } from './creation.ts';

const forever = new AbortController().signal;
const taken = new ApiError(409, 'pods "p" already exists', 'AlreadyExists');
const absent = new ApiError(404, 'pods "p" not found', 'NotFound');
const lost = new ClusterLost('the connection broke');

/** How the server handles the next POST: whether it creates the object, and whether it responds. */
type Deed = 'makes it' | 'makes it and hangs up' | 'hangs up' | 'makes it after that' | Error;

/** A server that stores one object. */
function serverOf(...deeds: Deed[]) {
  const asked: string[] = [];
  let there: NamedObject | undefined;
  let late: NamedObject | undefined;
  const clock = new ManualClock();
  const post = (body: NamedObject) => {
    const deed = deeds.shift() ?? 'makes it';
    if (deed instanceof Error) throw deed;
    if (deed === 'hangs up') throw lost;
    if (there !== undefined) throw taken;
    const made = { metadata: { ...body.metadata, uid: 'u' } };
    if (deed === 'makes it after that') late = made;
    else there = made;
    if (deed !== 'makes it') throw lost;
    return made;
  };
  const get = () => {
    const found = there;
    if (late !== undefined) [there, late] = [late, undefined];
    if (found === undefined) throw absent;
    return found;
  };
  const json = async <T>(method: string, _: string, { body }: { body?: unknown } = {}): Promise<T> => {
    asked.push(method);
    return await Promise.resolve().then(() => (method === 'POST' ? post(body as NamedObject) : get()) as T);
  };
  return {
    asked,
    clock,
    creation: new Creation<NamedObject>({ json }, clock, '/pods', { metadata: { name: 'p' } }),
    occupy: (other: NamedObject) => void (there = other),
  };
}

describe('an object', () => {
  it('is created with the annotation that identifies it', async () => {
    const { creation } = serverOf();
    const made = await creation.attempt(forever);
    expect(made.metadata.annotations?.[requestAnnotation]).toMatch(/^[0-9a-f-]{36}$/);
    expect(await creation.made(forever)).toBe(made);
  });

  it('is recognized as ours if the response was lost', async () => {
    const { creation, asked } = serverOf('makes it and hangs up');
    await expect(creation.attempt(forever)).rejects.toBe(lost);
    expect(await creation.attempt(forever)).toMatchObject({ metadata: { uid: 'u' } });
    expect(asked).toEqual(['POST', 'POST', 'GET']);
  });

  it('is not recognized as ours if another process created it', async () => {
    const { creation, occupy } = serverOf();
    occupy({ metadata: { name: 'p', uid: 'theirs', annotations: { [requestAnnotation]: 'theirs' } } });
    await expect(creation.attempt(forever)).rejects.toBeInstanceOf(NameTaken);
    expect(await creation.made(forever)).toBeUndefined();
  });

  it('is created again if the other object is gone', async () => {
    const { creation } = serverOf(taken);
    expect(await creation.attempt(forever)).toMatchObject({ metadata: { uid: 'u' } });
  });

  it.each<[string, Deed, boolean]>([
    ['the server closed the connection after creating it', 'makes it and hangs up', true],
    ['the server closed the connection and created it later', 'makes it after that', true],
    ['the server closed the connection without creating it', 'hangs up', false],
    ['the server reported an unknown result', new ApiError(504, 'the request timed out'), false],
    ['the server was busy', new ApiError(429, 'too many requests'), false],
    ['it was refused', new ApiError(403, 'you may not'), false],
    ['nothing was sent', new ClusterUnreachable('connection refused'), false],
  ])('is found although no response reported it: %s', async (_, deed, exists) => {
    const { creation, clock } = serverOf(deed);
    await expect(creation.attempt(forever)).rejects.toThrow();
    expect((await clock.whileTimePasses(creation.made(forever))) !== undefined).toBe(exists);
  });

  it('is looked for only if it may exist', async () => {
    const { creation, asked } = serverOf(new ApiError(403, 'you may not'));
    await expect(creation.attempt(forever)).rejects.toThrow();
    expect(await creation.made(forever)).toBeUndefined();
    expect(asked).toEqual(['POST']);
  });
});
