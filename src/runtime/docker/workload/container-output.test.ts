import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { systemClock } from '../../../model/clock.ts';
import type { Chunk } from '../../runtime.ts';
import { containerOutput } from './container-output.ts';
import { EngineError } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { LiveOutput } from './live-output.ts';
import { exactCounter } from './stored-length.ts';

const { signal } = new AbortController();
const error = '{"cause":"no such container","message":"no container with name or ID \\"a\\" found","response":404}\n';

function frame(stream: number, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(text.length, 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

/** Reads with these responses for the log. After the last one the container is gone. */
async function readAll(answers: Buffer[], live?: Buffer): Promise<Record<string, string>> {
  const open = async () => {
    const bytes = answers.shift();
    if (bytes === undefined) throw new EngineError(404, 'no such container');
    return await Promise.resolve(new PassThrough().end(bytes));
  };
  const session = { engine: { open }, flavor: 'podman', clock: systemClock } as unknown as EngineSession;
  const connection = new PassThrough();
  const output = live && new LiveOutput(connection, () => exactCounter);
  setImmediate(() => connection.end(live));
  const ended = live === undefined ? Promise.resolve(true) : new Promise<boolean>(() => undefined);
  const source = { session, id: 'a', live: output, startedAt: undefined, ended, interrupted: () => false };
  const chunks: Chunk[] = [];
  for await (const chunk of containerOutput(source, {}, signal)) chunks.push(chunk);
  const of = (stream: string) =>
    chunks.flatMap((chunk) => ('bytes' in chunk && chunk.stream === stream ? [chunk.bytes] : []));
  return { stdout: Buffer.concat(of('stdout')).toString(), stderr: Buffer.concat(of('stderr')).toString() };
}

test('an error of the engine in its log is not output of the step', async () => {
  const log = frame(1, 'one\ntwo\n');
  expect(await readAll([Buffer.concat([log, Buffer.from(error)])])).toEqual({
    stdout: 'one\ntwo\n',
    stderr: '',
  });
});

test('an error of the engine on the live connection is not output of the step', async () => {
  const live = Buffer.concat([frame(1, 'one\n'), frame(2, 'oh\n'), Buffer.from(error)]);
  expect(await readAll([], live)).toEqual({ stdout: 'one\n', stderr: 'oh\n' });
});
