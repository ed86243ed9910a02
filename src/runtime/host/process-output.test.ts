import fc from 'fast-check';
import { mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { describe, expect, test } from 'vitest';
import { makeFifos, openFifo } from '../../util/fifo.ts';
import type { Chunk } from '../runtime.ts';
import { ProcessOutput } from './process-output.ts';
import { nextTurn } from '../../util/next-turn.ts';

const { signal } = new AbortController();

function opened(dropsOldest = false) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const settled = Promise.all([finished(stdout), finished(stderr)]);
  return { stdout, stderr, output: new ProcessOutput({ stdout, stderr }, settled, dropsOldest) };
}

async function all(chunks: AsyncIterable<Chunk>): Promise<string[]> {
  const found: string[] = [];
  for await (const chunk of chunks)
    found.push(`${chunk.stream} ${'lost' in chunk ? 'lost' : Buffer.from(chunk.bytes).toString()} ${chunk.cursor}`);
  return found;
}

test('returns both streams with cursors, to the end of both', async () => {
  const { stdout, stderr, output } = opened();
  stdout.end('out');
  stderr.end('error');
  expect((await all(output.read({}, signal))).sort()).toEqual(['stderr error 5', 'stdout out 3']);
  expect(output.ended).toBe(true);
});

test('the next reader continues where the last one left', async () => {
  const { stdout, stderr, output } = opened();
  stderr.end();
  stdout.write('one');
  for await (const _ of output.read({}, signal)) break;
  stdout.end('two');
  expect(await all(output.read({ stdout: 3 }, signal))).toEqual(['stdout two 6']);
});

test('reports bytes that were already returned as lost, and skips bytes before the cursor', async () => {
  const { stdout, stderr, output } = opened();
  stderr.end();
  stdout.write('one');
  for await (const _ of output.read({}, signal)) break;
  stdout.end('two');
  expect(await all(output.read({ stdout: 1 }, signal))).toEqual(['stdout lost 3', 'stdout two 6']);
  const other = opened();
  other.stderr.end();
  other.stdout.end('123456');
  expect(await all(other.output.read({ stdout: 4 }, signal))).toEqual(['stdout 56 6']);
});

test('allows one reader at a time', async () => {
  const { output } = opened();
  const first = output.read({}, AbortSignal.timeout(50));
  const waiting = first.next();
  await expect(output.read({}, signal).next()).rejects.toThrow('one reader');
  await waiting;
});

describe('without a reader', () => {
  const part = Buffer.alloc(64 * 1024, 'x');

  test('buffers about a MiB, then blocks the process, and loses nothing', async () => {
    const { stdout, stderr, output } = opened();
    stderr.end();
    let taken = 0;
    while (stdout.write(part) || output.progress.received > taken) {
      taken = output.progress.received;
      await nextTurn();
    }
    expect(output.progress).toEqual({ received: 1024 * 1024, waits: true });
    stdout.end();
    let read = 0;
    for await (const chunk of output.read({}, signal)) read += 'bytes' in chunk ? chunk.bytes.length : 0;
    expect(read % part.length).toBe(0);
    expect(read).toBeGreaterThan(1024 * 1024);
  });

  test('keeps the newest MiB if there is no reader', async () => {
    const { stdout, stderr, output } = opened(true);
    stderr.end();
    for (let i = 0; i < 40; i++) {
      stdout.write(part);
      await nextTurn();
    }
    stdout.end('the last words');
    expect((await all(output.read({}, signal))).at(0)).toMatch(/^stdout lost/);
    expect(output.progress.received).toBe(40 * part.length + 14);
  });
});

describe('ends when no process of the command runs, although another one holds the pipes', () => {
  async function* pipes() {
    const directory = mkdtempSync(join(tmpdir(), 'slipway-pipes-'));
    const paths = [join(directory, 'stdout'), join(directory, 'stderr')] as const;
    expect(await makeFifos(paths)).toBe(true);
    const [stdout, stderr] = [openFifo(paths[0]), openFifo(paths[1])];
    let settle = () => {};
    const settled = new Promise<void>((resolve) => (settle = resolve));
    const output = new ProcessOutput({ stdout: stdout.reader, stderr: stderr.reader }, settled, false);
    yield { stdout, stderr, settle, output };
    stdout.closeWriter();
    stderr.closeWriter();
    rmSync(directory, { recursive: true });
  }

  test('reads the rest of the pipes, although the event loop never saw it arrive', async () => {
    for await (const { stdout, stderr, settle, output } of pipes()) {
      writeSync(stdout.writer, 'out');
      writeSync(stderr.writer, 'error');
      settle();
      expect(await all(output.read({}, signal))).toEqual(['stdout out 3', 'stderr error 5']);
    }
  });

  test('reads all of a full pipe, after the buffer', async () => {
    for await (const { stdout, settle, output } of pipes()) {
      const part = Buffer.alloc(64 * 1024, 'x');
      for (let written = 0; !output.progress.waits; written += part.length) {
        writeSync(stdout.writer, part);
        while (output.progress.received < written + part.length) await nextTurn();
      }
      writeSync(stdout.writer, part.fill('y'));
      settle();
      let text = '';
      for await (const chunk of output.read({}, signal))
        if ('bytes' in chunk) text += Buffer.from(chunk.bytes).toString();
      expect(text.length).toBe(output.progress.received);
      expect(/^x+(y+)$/.exec(text)?.[1]).toHaveLength(part.length);
    }
  });

  test('is not blocked by a foreign process that writes endlessly', async () => {
    for await (const { stdout, settle, output } of pipes()) {
      writeSync(stdout.writer, 'ours');
      settle();
      await Promise.resolve();
      expect(() => writeSync(stdout.writer, 'a stranger’s')).toThrow('EPIPE');
      expect(await all(output.read({}, signal))).toEqual(['stdout ours 4']);
    }
  });
});

test('returns every byte once, however it is cut and read', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(fc.constantFrom('stdout' as const, 'stderr' as const), fc.uint8Array({ minLength: 1, maxLength: 20 })),
        { maxLength: 30 },
      ),
      fc.array(fc.nat(3)),
      async (writes, visits) => {
        const { stdout, stderr, output } = opened();
        for (const [stream, bytes] of writes) (stream === 'stdout' ? stdout : stderr).write(bytes);
        stdout.end();
        stderr.end();
        const cursors = { stdout: 0, stderr: 0 };
        const read = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
        for (const most of [...visits, Infinity]) {
          let count = 0;
          if (most === 0) continue;
          for await (const chunk of output.read(cursors, signal)) {
            const stream = chunk.stream as 'stdout' | 'stderr';
            if ('lost' in chunk) throw new Error('lost');
            read[stream].push(chunk.bytes);
            cursors[stream] = chunk.cursor;
            if (++count >= most) break;
          }
        }
        for (const stream of ['stdout', 'stderr'] as const) {
          expect(Buffer.concat(read[stream])).toEqual(
            Buffer.concat(writes.filter(([to]) => to === stream).map(([, bytes]) => bytes)),
          );
        }
      },
    ),
    { numRuns: 50 },
  );
});
