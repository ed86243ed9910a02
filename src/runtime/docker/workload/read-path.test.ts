import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { systemClock } from '../../../model/clock.ts';
import { EngineError } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';
import type { TarHeader } from '../../../tar/tar-header.ts';
import { readTar } from '../../../tar/tar-reader.ts';
import { writeTar } from '../../../tar/tar-writer.ts';
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

const circle = new EngineError(500, 'evalSymlinksInScope: too many links in /var/lib/x/merged/t/loop');

const loop: TarHeader = {
  ...{ name: Buffer.from('t/loop'), linkName: Buffer.from('loop'), mode: 0o777, uid: 0, gid: 0, size: 0, mtimeMs: 0 },
  type: 'symlink',
};

/** An engine that cannot read links in a circle, but the folder with one. */
function engineWithLoop(): EngineSession {
  const open = async (_method: string, _url: string, { query }: { query: { path: string } }) => {
    if (query.path !== '/t') throw circle;
    const parts: Uint8Array[] = [];
    for await (const part of writeTar([{ header: loop }])) parts.push(part);
    return Object.assign(Readable.from(parts), { headers: {} });
  };
  return { flavor: 'docker', clock: systemClock, engine: { open } } as unknown as EngineSession;
}

test('finds nothing below a circle of links', async () => {
  expect(await readPath(engineWithLoop(), 'c', '/t/loop/x', signal)).toBeUndefined();
});

test('finds a link in a circle itself', async () => {
  const tar = await readPath(engineWithLoop(), 'c', '/t/loop', signal);
  const found: string[] = [];
  for await (const { header } of readTar(tar ?? Readable.from([])))
    found.push(`${header.type} ${header.linkName?.toString()}`);
  expect(found).toEqual(['symlink loop']);
});
