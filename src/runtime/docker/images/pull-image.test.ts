import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../../model/clock.ts';
import type { Observation, Work } from '../../../model/work.ts';
import { EngineClient } from '../api/engine-client.ts';
import { EngineError, EngineLost } from '../api/engine-error.ts';
import { openTransport } from '../api/engine-transport.ts';
import { linesOf, pullImage, PullProgress } from './pull-image.ts';

test('progress sums up the layers', () => {
  const progress = new PullProgress();
  expect(progress.add({ status: 'Pulling from library/node' })).toBeUndefined();
  expect(progress.add({ id: 'a', status: 'Pulling fs layer' })).toBeUndefined();
  expect(progress.add({ id: 'a', status: 'Downloading', progressDetail: { current: 10, total: 100 } })).toEqual({
    current: 10,
    total: 100,
  });
  expect(progress.add({ id: 'b', status: 'Downloading', progressDetail: { current: 5, total: 50 } })).toEqual({
    current: 15,
    total: 150,
  });
  expect(progress.add({ id: 'a', status: 'Download complete' })).toEqual({ current: 105, total: 150 });
  expect(progress.add({ id: 'a', status: 'Extracting', progressDetail: { current: 1, total: 900 } })).toBeUndefined();
});

test('a report that breaks off is a lost engine; other errors are rethrown', async () => {
  const breaking = async (error: Error) => {
    const lines: string[] = [];
    async function* report(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(Buffer.from('{"status":"a"}\n{"sta'));
      throw error;
    }
    const thrown: unknown = await (async () => {
      for await (const line of linesOf(report())) lines.push(line);
    })().catch((reason: unknown) => reason);
    expect(lines).toEqual(['{"status":"a"}']);
    return thrown;
  };
  expect(await breaking(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))).toEqual(
    new EngineLost('the engine closed the connection'),
  );
  const stopped = new Error('stopped');
  expect(await breaking(stopped)).toBe(stopped);
});

test('an image is requested by tag, with the credentials of its registry; a late failure is an error too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-pull-'));
  const asked: { url: string | undefined; auth: unknown }[] = [];
  const server = createServer((request, response) => {
    const auth = request.headers['x-registry-auth'];
    asked.push({
      url: request.url,
      auth: typeof auth === 'string' ? JSON.parse(Buffer.from(auth, 'base64url').toString()) : undefined,
    });
    response.write('{"status":"Pulling","id":"a"}\n{"status":"Downloading","id":"a","progressDetail":{"current":1,');
    const end = request.url?.includes('bad')
      ? '{"errorDetail":{"message":"manifest unknown"},"error":"manifest unknown"}\n'
      : '{"status":"done"}\n';
    setImmediate(() => response.end(`"total":2}}\n${end}`));
  });
  try {
    const path = join(folder, 'engine.sock');
    const file = join(folder, 'config.json');
    await writeFile(
      file,
      JSON.stringify({ auths: { 'r.example': { auth: Buffer.from('me:secret').toString('base64') } } }),
    );
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const engine = new EngineClient(await openTransport({ kind: 'unix', path }, {}), systemClock, '/v1.41');
    const observed: Observation[] = [];
    const output: Work['output'] = {
      write: () => undefined,
      lost: () => undefined,
      observe: (fact) => void observed.push(fact),
    };
    const work: Work = { signal: new AbortController().signal, clock: systemClock, output };
    await pullImage(engine, 'r.example/a', { files: [file], env: {} }, work);
    await expect(pullImage(engine, 'busybox:bad', { files: [file], env: {} }, work)).rejects.toEqual(
      new EngineError(404, 'manifest unknown'),
    );
    expect(asked).toEqual([
      {
        url: '/v1.41/images/create?fromImage=r.example%2Fa&tag=latest',
        auth: { username: 'me', password: 'secret', serveraddress: 'r.example' },
      },
      { url: '/v1.41/images/create?fromImage=busybox&tag=bad', auth: undefined },
    ]);
    expect(observed.slice(0, 3)).toEqual([
      { type: 'image.pulling', image: 'r.example/a' },
      { type: 'image.pulling', image: 'r.example/a', current: 1, total: 2 },
      { type: 'image.pulled', image: 'r.example/a' },
    ]);
    engine.close();
  } finally {
    await new Promise((resolve) => server.close(resolve).closeAllConnections());
    await rm(folder, { recursive: true });
  }
});
