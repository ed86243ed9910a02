import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../../model/clock.ts';
import { nextTurn } from '../../../util/next-turn.ts';
import type { LogChunk, LogPosition } from '../../running-container.ts';
import { EngineError } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { beginningLost, endLost, middleLost, RotatedLog, unknownMark, type RotatedSource } from './rotated-log.ts';

const { signal } = new AbortController();
/** Sleeps take no time. */
const clock: Clock = { now: () => 0, sleep: nextTurn };

interface Line {
  readonly stream: 1 | 2;
  readonly at: number;
  readonly text: string;
}

/** A log of Docker as a list of entries. `delete` is what a rotation does in the end. */
class ScriptedLog {
  lines: Line[] = [];
  isGone = false;
  /** Called when the log was opened, with the number of lines that the reading returns. */
  onRead: ((lines: number) => void) | undefined;
  readonly requests: string[] = [];
  readonly #tty: boolean;
  #followers: PassThrough[] = [];
  #now = 1_000_000;

  constructor(tty = false) {
    this.#tty = tty;
  }

  print(text: string, { stream = 1, at = this.#now + 1 }: Partial<Line> = {}): void {
    this.#now = at;
    this.lines.push({ stream, at, text });
    for (const follower of this.#followers) follower.write(this.#bytes(this.lines.at(-1)!));
  }

  delete(count: number): void {
    this.lines = this.lines.slice(count);
  }

  end(): void {
    for (const follower of this.#followers.splice(0)) follower.end();
  }

  source(limits = { wholeBelow: 1_000_000 }, rest: { readonly since?: number } = {}): RotatedSource {
    const open = async (_method: string, _path: string, call: { readonly query: Record<string, number> }) => {
      await Promise.resolve();
      return this.#open(call.query);
    };
    const session = { engine: { open }, flavor: 'docker', clock } as unknown as EngineSession;
    return { session, id: 'a', tty: this.#tty, limits, ...rest };
  }

  #open({ tail, follow, since = 0 }: Record<string, number>): PassThrough {
    this.requests.push(follow === 1 ? 'follow' : tail === undefined ? 'all' : `tail ${tail}`);
    if (this.isGone) throw new EngineError(404, 'no such container');
    const answer = new PassThrough();
    const lines = (tail === undefined ? this.lines : tail === 0 ? [] : this.lines.slice(-tail)).filter(
      ({ at }) => at >= since * 1_000,
    );
    for (const line of lines) answer.write(this.#bytes(line));
    if (follow === 1) this.#followers.push(answer);
    else answer.end();
    if (follow !== 1) this.onRead?.(lines.length);
    return answer;
  }

  #bytes({ stream, at, text }: Line): Buffer {
    const time = `${new Date(at).toISOString().slice(0, -1)}000000Z`;
    const body = Buffer.from(`${time} ${text}`);
    if (this.#tty) return body;
    const header = Buffer.alloc(8);
    header[0] = stream;
    header.writeUInt32BE(body.length, 4);
    return Buffer.concat([header, body]);
  }
}

/** Returns the texts and, in brackets, what was reported as lost. */
function shown(chunks: readonly LogChunk[]): string {
  return chunks.map((chunk) => ('lost' in chunk ? `[${chunk.lost}]` : chunk.bytes.toString())).join('');
}

async function take(chunks: AsyncIterable<LogChunk>): Promise<LogChunk[]> {
  const found: LogChunk[] = [];
  for await (const chunk of chunks) found.push(chunk);
  return found;
}

const once = async (log: RotatedLog) => await take(log.read(false, signal));

function position(chunks: readonly LogChunk[]): LogPosition {
  const cursors = Object.fromEntries(chunks.map(({ stream, cursor }) => [stream, cursor]));
  const mark = chunks.findLast((chunk) => chunk.mark !== undefined)?.mark;
  return { cursors, ...(mark !== undefined && { mark }) };
}

function logOf(count: number, tty = false): ScriptedLog {
  const log = new ScriptedLog(tty);
  for (let i = 1; i <= count; i++) log.print(`${i}\n`);
  return log;
}

const lines = (first: number, last: number) =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => `${first + i}\n`).join('');

describe('the first reading', () => {
  test.each([
    ['a log with room for more is whole', 10, 100_000_000, lines(1, 10)],
    ['many lines that are short are measured', 3_000, 1_000_000, lines(1, 3_000)],
    ['a log that fills all files but one may have lost its beginning', 20, 1_000, `[${beginningLost}]${lines(1, 20)}`],
    ['one file: nothing is known', 20, 0, lines(1, 20)],
  ])('%s', async (_, count, wholeBelow, wanted) => {
    expect(shown(await once(new RotatedLog(logOf(count).source({ wholeBelow }), {})))).toBe(wanted);
  });

  test('a log is rotated while it is measured: what was opened before counts', async () => {
    const script = logOf(20);
    script.onRead = () => {
      if (script.requests.at(-1) === 'all') script.delete(5);
    };
    const chunks = await once(new RotatedLog(script.source({ wholeBelow: 1_000 }), {}));
    expect(shown(chunks)).toBe(`[${beginningLost}]${lines(1, 20)}`);
  });

  test.each([
    ['starts at a time', 1_000_011, 10_000, lines(11, 20)],
    ['a time before the whole log', 1, 10_000, lines(1, 20)],
    ['a time before a log that may be cut', 1, 1_000, `[${beginningLost}]${lines(1, 20)}`],
    ['a time within a log that may be cut', 1_000_011, 1_000, lines(11, 20)],
    ['a time after the log', 2_000_000, 1_000, ''],
  ])('%s', async (_, since, wholeBelow, wanted) => {
    const script = logOf(20);
    const log = new RotatedLog(script.source({ wholeBelow }, { since }), {});
    expect(shown(await once(log))).toBe(wanted);
    script.print('new\n', { at: 3_000_000 });
    script.delete(3);
    expect(shown(await once(log))).toBe('new\n');
  });
});

describe('between readings', () => {
  test.each([
    ['nothing new', 0, 0, ''],
    ['more lines', 5, 0, lines(101, 105)],
    ['many more lines', 3_000, 0, lines(101, 3_100)],
    ['a rotation before the place', 5, 60, lines(101, 105)],
    ['a rotation up to the last line', 5, 99, lines(101, 105)],
    ['a rotation of what was read', 5, 100, `[${middleLost}]${lines(101, 105)}`],
    ['a rotation of what was not read', 5, 103, `[${middleLost}]${lines(104, 105)}`],
    ['many lines, and some of them deleted', 3_000, 2_000, `[${middleLost}]${lines(2_001, 3_100)}`],
  ])('%s, in one process and in the next one', async (_, more, deleted, wanted) => {
    const script = logOf(100);
    const log = new RotatedLog(script.source(), {});
    const before = await once(log);
    expect(shown(before)).toBe(lines(1, 100));
    for (let i = 101; i <= 100 + more; i++) script.print(`${i}\n`);
    script.delete(deleted);
    expect(shown(await once(log))).toBe(wanted);
    const next = await once(new RotatedLog(script.source(), position(before)));
    expect(shown(next)).toBe(wanted);
    const [first] = next;
    if (first !== undefined) expect(first.cursor).toBeGreaterThanOrEqual(before.at(-1)!.cursor);
  });

  test('the last line is asked for, not the whole log', async () => {
    const script = logOf(5_000);
    const log = new RotatedLog(script.source({ wholeBelow: 100_000_000 }), {});
    await once(log);
    script.print('x\n');
    // After many new lines, many are asked for once.
    await once(log);
    script.requests.length = 0;
    script.print('y\n');
    expect(shown(await once(log))).toBe('y\n');
    expect(script.requests).toEqual(['tail 256']);
  });

  test.each([
    ['a mark that is older than the cursors', 3],
    ['a mark of the last line', 10],
  ])('%s', async (_, marked) => {
    const script = logOf(marked);
    const { mark } = position(await once(new RotatedLog(script.source(), {})));
    for (let i = marked + 1; i <= 12; i++) script.print(`${i}\n`);
    script.delete(2);
    const cursors = { stdout: lines(1, 10).length };
    const chunks = await once(new RotatedLog(script.source(), { cursors, ...(mark !== undefined && { mark }) }));
    expect(shown(chunks)).toBe(lines(11, 12));
    expect(chunks.at(-1)?.cursor).toBe(lines(1, 12).length);
  });

  test('a mark of another version: what there is is reported as lost', async () => {
    const script = logOf(10);
    const log = new RotatedLog(script.source(), { cursors: { stdout: 4 }, mark: 'c0ffee' });
    expect(await once(log)).toEqual([{ stream: 'stdout', lost: unknownMark, cursor: 4 }]);
    script.print('11\n');
    expect(await once(log)).toMatchObject([{ cursor: 7 }]);
  });

  test('lines of both streams with the same time, and pieces of a long line', async () => {
    const script = new ScriptedLog();
    script.print('old\n');
    const at = 2_000_000;
    for (const [text, stream] of [
      ['a', 1],
      ['A\n', 2],
      ['a', 1],
      ['B\n', 2],
    ] as const)
      script.print(text, { stream, at });
    const log = new RotatedLog(script.source(), {});
    expect(shown(await once(log))).toBe('old\naA\naB\n');
    for (const [text, stream] of [
      ['a', 1],
      ['C\n', 2],
      ['\n', 1],
    ] as const)
      script.print(text, { stream, at });
    expect(shown(await once(log))).toBe('aC\n\n');
    expect(shown(await once(log))).toBe('');
  });

  test('the clock is set back: nothing is lost or repeated', async () => {
    const script = logOf(5);
    const log = new RotatedLog(script.source(), {});
    await once(log);
    for (const text of ['6\n', '7\n']) {
      script.print(text, { at: 500_000 });
      expect(shown(await once(log))).toBe(text);
    }
  });

  test('an emptied log: its new lines come after a report', async () => {
    const script = logOf(5);
    const log = new RotatedLog(script.source(), {});
    await once(log);
    script.delete(5);
    expect(shown(await once(log))).toBe('');
    script.print('6\n');
    expect(shown(await once(log))).toBe(`[${middleLost}]6\n`);
  });
});

describe('following', () => {
  /** Reads until the text fits, then lets the process end. */
  async function follow(script: ScriptedLog, on: (text: string) => boolean): Promise<string> {
    const chunks: LogChunk[] = [];
    let isEnded = false;
    for await (const chunk of new RotatedLog(script.source(), {}).read(true, signal)) {
      chunks.push(chunk);
      if (isEnded || on(shown(chunks))) continue;
      isEnded = true;
      script.end();
    }
    return shown(chunks);
  }

  test('new lines are read, also after rotations', async () => {
    const script = logOf(1);
    const text = await follow(script, (so) => {
      const count = so.split('\n').length - 1;
      script.delete(script.lines.length - 1);
      script.print(`${count + 1}\n`);
      return count < 9;
    });
    expect(text).toBe(lines(1, 10));
  });

  test('lines that come while the log is read, and a rotation of them', async () => {
    const script = logOf(1);
    let readings = 0;
    script.onRead = (count) => {
      if (count === 0 || ++readings > 20) return;
      for (let i = 0; i < 300; i++) script.print(`x${readings}\n`);
      if (readings === 10) script.delete(script.lines.length - 1);
      if (readings === 20) script.end();
    };
    const text = await follow(script, (so) => !so.endsWith('x20\n'));
    const [before, after] = text.split(`[${middleLost}]`);
    expect(before?.split('\n').length).toBeGreaterThan(1_000);
    expect(after?.startsWith('x10\nx11\n')).toBe(true);
    for (const piece of text.split(`[${middleLost}]`))
      for (const word of new Set(piece.split('\n').slice(0, -1)))
        if (!['1', 'x9', 'x10'].includes(word)) expect(piece.split(`${word}\n`)).toHaveLength(301);
  });
});

describe('a log that is gone', () => {
  test('what the engine returned of it before', async () => {
    const script = logOf(3);
    const log = new RotatedLog(script.source(), {});
    const chunks: LogChunk[] = [];
    const gone = (async () => {
      for await (const chunk of log.read(true, signal)) {
        chunks.push(chunk);
        script.isGone = true;
        script.print('4\n');
        script.end();
      }
    })();
    await expect(gone).rejects.toThrow('no such container');
    expect(shown([...chunks, ...(await take(log.last(signal)))])).toBe(lines(1, 4));
  });

  test.each([
    ['all was read before', true, ''],
    ['the last reading was not quiet', false, `[${endLost}]`],
  ])('%s', async (_, isQuiet, wanted) => {
    const script = logOf(3);
    const log = new RotatedLog(script.source(), {});
    await once(log);
    if (isQuiet) await once(log);
    expect(shown(await take(log.last(signal)))).toBe(wanted);
  });
});

test('a terminal: pieces of a long line have a time each, which is not output', async () => {
  const script = new ScriptedLog(true);
  const long = 'y'.repeat(16_384);
  const at = 2_000_000;
  for (const text of [long, long, 'end\r\n']) script.print(text, { at });
  script.print('next\r\n');
  const log = new RotatedLog(script.source(), {});
  expect(shown(await once(log))).toBe(`${long}${long}end\r\nnext\r\n`);
  script.print('more\r\n');
  expect(shown(await once(log))).toBe('more\r\n');
});
