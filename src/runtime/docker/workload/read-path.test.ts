import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { systemClock } from '../../../model/clock.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { readPath } from './read-path.ts';

/** An engine that returns these bodies, one for each call. */
function engineOf(flavor: 'docker' | 'podman', bodies: readonly (readonly string[])[]): EngineSession {
  let call = 0;
  const open = async () =>
    await Promise.resolve(
      Object.assign(Readable.from((bodies[call++] ?? []).map((part) => Buffer.from(part))), { headers: {} }),
    );
  return { flavor, clock: systemClock, engine: { open } } as unknown as EngineSession;
}

const { signal } = new AbortController();

async function read(session: EngineSession): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of (await readPath(session, 'c', '/mnt/repo/x', signal)) ?? []) parts.push(part);
  return Buffer.concat(parts).toString();
}

test('retries an empty response, which Podman sends while it cleans up', async () => {
  expect(await read(engineOf('podman', [[], [], ['a t', 'ar']]))).toBe('a tar');
});

test('passes on a response that stays empty', async () => {
  expect(await read(engineOf('podman', []))).toBe('');
});
