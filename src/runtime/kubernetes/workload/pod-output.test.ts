import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isDeath, KubeletLog, TurningClock, type LogEntry, type LogFault } from '../../../../test/rigs/kubelet-log.ts';
import type { Chunk } from '../../runtime.ts';
import { MemoryCheckpoints, type LogCheckpoints } from './log-checkpoints.ts';
import { podOutput, type PodOutputSource } from './pod-output.ts';

const place = { namespace: 'n', pod: 'p', container: 'main' };

interface Heard {
  /** The output between the lost chunks. */
  readonly pieces: readonly string[];
  readonly lost: readonly string[];
  readonly cursor: number;
}

interface Reading extends Pick<PodOutputSource, 'noticed' | 'terminated' | 'startedAt'> {
  readonly log: KubeletLog;
  readonly clock: TurningClock;
  readonly ended: Promise<boolean>;
  readonly checkpoints?: LogCheckpoints;
  readonly from?: number;
  readonly signal?: AbortSignal;
}

async function hear({
  log,
  clock,
  checkpoints = new MemoryCheckpoints(),
  from = 0,
  signal = new AbortController().signal,
  ...told
}: Reading): Promise<Heard> {
  const pieces = [''];
  const lost: string[] = [];
  let cursor = from;
  for await (const chunk of podOutput({ ...told, client: log.client, clock, place, checkpoints }, from, signal)) {
    if ('lost' in chunk) {
      lost.push(chunk.lost);
      pieces.push('');
    } else {
      pieces.push(`${pieces.pop() ?? ''}${Buffer.from(chunk.bytes).toString('latin1')}`);
      expect(chunk.cursor).toBe(cursor + chunk.bytes.length);
    }
    expect(chunk.cursor).toBeGreaterThanOrEqual(cursor);
    cursor = chunk.cursor;
  }
  return { pieces, lost, cursor };
}

/** The actions of a container, in turn. */
type Deed =
  | { readonly print: string; readonly stamp: LogEntry['stamp'] }
  | { readonly rotate: true }
  | { readonly pause: number };

async function act(
  log: KubeletLog,
  clock: TurningClock,
  deeds: readonly Deed[],
  end: (ended: boolean) => void,
): Promise<void> {
  for (const deed of deeds) {
    if ('print' in deed) log.print({ stamp: deed.stamp, bytes: Buffer.from(deed.print, 'latin1') });
    else if ('rotate' in deed) {
      // The highest rate of a kubelet.
      await clock.sleep(3_000);
      log.rotate();
    } else await clock.sleep(deed.pause);
  }
  end(true);
  await clock.sleep(10);
  log.end();
}

function printedBy(deeds: readonly Deed[]): string {
  return deeds.map((deed) => ('print' in deed ? deed.print : '')).join('');
}

/** @param told the delay, in milliseconds, after which the cluster reports the container's end; absent: never */
async function live(
  deeds: readonly Deed[],
  faults: LogFault[] = [],
  told?: number,
): Promise<Heard & { readonly requests: KubeletLog['requests'] }> {
  const log = new KubeletLog(faults);
  const clock = new TurningClock();
  let end: (ended: boolean) => void = () => undefined;
  const ended = new Promise<boolean>((resolve) => (end = resolve));
  const acting = act(log, clock, deeds, end);
  const terminated = told === undefined ? undefined : acting.then(async () => await clock.sleep(told));
  const [heard] = await Promise.all([hear({ log, clock, ended, ...(terminated && { terminated }) }), acting]);
  return { ...heard, requests: log.requests };
}

function line(text: string, seconds: number, nanos = 0): Deed {
  return { print: text, stamp: { seconds: 1_700_000_000 + seconds, nanos } };
}

/** Every entry has a unique number. */
const deeds = fc
  .array(
    fc.oneof(
      {
        weight: 10,
        arbitrary: fc.record({
          text: fc.constantFrom(
            '',
            '',
            'a',
            'some words',
            '\r',
            '2023-11-14T22:13:20.000000000Z ',
            'x'.repeat(3_000),
            'y'.repeat(6_000),
          ),
          open: fc.constantFrom(false, false, false, true),
          later: fc.constantFrom(0, 0, 100, 900, 400_000_000, 1_000_000_000, 3_000_000_000, -500),
        }),
      },
      { weight: 2, arbitrary: fc.record({ pause: fc.integer({ min: 10, max: 5_000 }) }) },
      { weight: 1, arbitrary: fc.constant({ rotate: true as const }) },
    ),
    { maxLength: 40 },
  )
  .map((all): Deed[] => {
    let at = 1_000_000_000;
    let open = false;
    return all.map((deed, index) => {
      if ('rotate' in deed) at += 1_000_000;
      if (!('text' in deed)) return deed;
      at += deed.later;
      // The continuation of a line has a stamp of its own: after a rotation it would look like a line.
      const nanos = (at % 1e9) + (open ? 1 + index : 0);
      open = deed.open;
      const text = deed.text === '' ? `${deed.open ? ' ' : '\n'}` : `<${index}>${deed.text}${deed.open ? '' : '\n'}`;
      return line(text, Math.floor(at / 1e9), nanos);
    });
  });

const faults = (
  fc.array(
    fc.record({
      after: fc.oneof(fc.nat(200), fc.nat(20_000)),
      as: fc.constantFrom('cut', 'end', 'error text', 'refused', 'silence'),
    }),
    { maxLength: 8 },
  ) as fc.Arbitrary<LogFault[]>
)
  // A kubelet that dies is away for seconds, not several times within these few.
  .map((all) => all.filter((fault, index) => !isDeath(fault) || all.findIndex(isDeath) === index));

const told = fc.constantFrom(undefined, 0, 200, 900, 5_000);

/** Only long lines are stored in pieces. */
function inWholePieces(deed: Deed): Deed {
  return 'print' in deed && deed.print.length < 5_000 && !deed.print.endsWith('\n')
    ? { ...deed, print: `${deed.print}\n` }
    : deed;
}

/** Checks that each piece was printed, after the one before, and that nothing is missing without a report. */
function expectHonest(heard: Heard, printed: string): void {
  let at = 0;
  heard.pieces.forEach((piece, index) => {
    const found = index === 0 ? (printed.startsWith(piece) ? 0 : -1) : printed.indexOf(piece, at);
    expect(
      found,
      `piece ${index}: ${JSON.stringify(piece.slice(0, 200))} of ${JSON.stringify(printed.slice(at, at + 200))}`,
    ).toBeGreaterThanOrEqual(0);
    at = found + piece.length;
  });
  if (heard.lost.length === 0)
    expect(
      heard.pieces[0] === printed,
      `${heard.pieces[0]?.length ?? 0} of ${printed.length} bytes, and not a word of it`,
    ).toBe(true);
}

describe('the output of a pod', () => {
  test('a command with one word of output takes two requests, also without a newline', async () => {
    const heard = await live([line('word', 0)]);
    expect(heard).toMatchObject({ pieces: ['word'], lost: [], cursor: 4 });
    expect(heard.requests.length).toBeLessThanOrEqual(2);
  });

  test('of a container whose end is known takes one request', async () => {
    const log = new KubeletLog();
    const clock = new TurningClock();
    await act(log, clock, [line('a word\n', 0)], () => undefined);
    expect(
      await hear({
        log,
        clock,
        ended: Promise.resolve(true),
        noticed: Promise.resolve(true),
        terminated: Promise.resolve(),
      }),
    ).toMatchObject({ pieces: ['a word\n'], lost: [] });
    expect(log.requests).toEqual([expect.objectContaining({ follow: false })]);
  });

  test('is not requested before the node has noticed the container', async () => {
    const log = new KubeletLog();
    const clock = new TurningClock();
    let before: number | undefined;
    const noticed = clock.sleep(900).then(() => {
      before = log.requests.length;
      return true;
    });
    await act(log, clock, [line('a word\n', 0)], () => undefined);
    expect(await hear({ log, clock, ended: Promise.resolve(true), noticed })).toMatchObject({
      pieces: ['a word\n'],
      lost: [],
    });
    expect(before).toBe(0);
  });

  const word = line('a word\n', 60);
  test.each<[string, LogFault[], readonly Deed[], Pick<Reading, 'startedAt'>, readonly string[]]>([
    ['nothing, and the stream breaks', [{ after: 0, as: 'cut' }], [{ pause: 60_000 }, word], {}, []],
    [
      'nothing, and the stream breaks repeatedly',
      Array.from({ length: 5 }, () => ({ after: 0, as: 'cut' as const })),
      [{ pause: 60_000 }, word],
      {},
      [],
    ],
    [
      'a part of a line, and a long interruption',
      [{ after: 3, as: 'silence' }],
      [line('a line\n', 5), { pause: 10_000 }],
      {},
      [expect.stringMatching(/^the log could not be read for \d+ s: the node may have deleted output/) as string],
    ],
    [
      'the same, in a log that begins with the container',
      [{ after: 3, as: 'silence' }],
      [line('a line\n', 5), { pause: 10_000 }],
      { startedAt: () => 1_700_000_004_000 },
      [],
    ],
  ])('is reported as lost where it may be: %s', async (_, trouble, all, more, lost) => {
    const log = new KubeletLog([...trouble]);
    const clock = new TurningClock();
    let end: (ended: boolean) => void = () => undefined;
    const ended = new Promise<boolean>((resolve) => (end = resolve));
    const [heard] = await Promise.all([hear({ log, clock, ended, ...more }), act(log, clock, all, end)]);
    expect(heard.pieces.join('')).toBe(printedBy(all));
    expect(heard.lost).toEqual(lost);
  });

  test('no byte is lost or repeated while the file exists, whatever happens to the streams', async () => {
    await fc.assert(
      fc.asyncProperty(deeds, faults, told, async (all, trouble, after) => {
        const kept = all.filter((deed) => !('rotate' in deed));
        const heard = await live(kept, [...trouble], after);
        // If a log cannot be read for seconds at its very beginning, output may be lost.
        expect(heard.lost.slice(heard.pieces[0] === '' ? 1 : 0)).toEqual([]);
        expect(heard.pieces.join('') === printedBy(kept)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('output that is deleted before it is read is reported, and nothing is repeated', async () => {
    await fc.assert(
      fc.asyncProperty(deeds, faults, told, async (all, trouble, after) => {
        // No file is rotated in the first seconds.
        const later: Deed[] = [
          { print: 'begin\n', stamp: { seconds: 1_600_000_000, nanos: 0 } },
          { pause: 4_000 },
          ...all.map(inWholePieces),
        ];
        expectHonest(await live(later, [...trouble], after), printedBy(later));
      }),
      { numRuns: 200 },
    );
  });

  test('a stream across rotated files loses and reports nothing', async () => {
    const all = Array.from({ length: 30 }, (_, i): Deed[] => [
      line(`line ${i}\n`, i),
      ...(i % 10 === 5 ? [{ pause: 3_000 }, { rotate: true } as const] : []),
      { pause: 500 },
    ]).flat();
    expect(await live(all)).toMatchObject({ lost: [], pieces: [printedBy(all)] });
  });

  test('another reader resumes from any byte, with the checkpoints of the one before', async () => {
    await fc.assert(
      fc.asyncProperty(deeds, faults, fc.nat(1_000), async (all, trouble, share) => {
        const kept = all.filter((deed) => !('rotate' in deed));
        const printed = printedBy(kept);
        const log = new KubeletLog();
        const clock = new TurningClock();
        await act(log, clock, kept, () => undefined);
        const checkpoints = new MemoryCheckpoints();
        await hear({ log, clock, ended: Promise.resolve(true), checkpoints });
        const from = Math.floor((printed.length * share) / 1_000);
        const again = new KubeletLog([...trouble]);
        await act(again, clock, kept, () => undefined);
        const heard = await hear({ log: again, clock, ended: Promise.resolve(true), checkpoints, from });
        expect(heard.lost).toEqual([]);
        expect(heard.pieces.join('') === printed.slice(from)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('ends on the signal, and when nothing can be read any longer', async () => {
    const log = new KubeletLog();
    const clock = new TurningClock();
    log.print({ stamp: { seconds: 1_700_000_000, nanos: 1 }, bytes: Buffer.from('up\n') });
    const cancel = new AbortController();
    const heard: Chunk[] = [];
    for await (const chunk of podOutput(
      { client: log.client, clock, place, ended: new Promise(() => undefined), checkpoints: new MemoryCheckpoints() },
      0,
      cancel.signal,
    )) {
      heard.push(chunk);
      cancel.abort();
    }
    expect(heard).toHaveLength(1);
    expect(await hear({ log, clock, ended: Promise.resolve(false) })).toMatchObject({ pieces: ['up\n'] });
  });

  test('a container that its node has forgotten is not requested repeatedly, and possible loss is reported', async () => {
    const log = new KubeletLog([
      { after: 100, as: 'cut' },
      { after: 0, as: 'forgotten' },
    ]);
    const clock = new TurningClock();
    const begun = clock.now();
    log.print({ stamp: { seconds: 1_700_000_000, nanos: 1 }, bytes: Buffer.from('up\n') });
    log.print({ stamp: { seconds: 1_700_000_000, nanos: 2 }, bytes: Buffer.from('x'.repeat(100)) });
    expect(await hear({ log, clock, ended: Promise.resolve(true) })).toMatchObject({
      pieces: [expect.stringMatching(/^up\n/), ''],
      lost: [expect.stringContaining('is terminated')],
    });
    expect(clock.now() - begun).toBeLessThan(60_000);
  });

  test('a log that becomes readable is requested at once, however long it was not', async () => {
    const log = new KubeletLog(Array.from({ length: 200 }, () => ({ after: 0, as: 'refused' as const })));
    const clock = new TurningClock();
    log.print({ stamp: { seconds: 1_700_000_000, nanos: 1 }, bytes: Buffer.from('up\n') });
    const source = {
      client: log.client,
      clock,
      place,
      ended: new Promise<boolean>(() => undefined),
      checkpoints: new MemoryCheckpoints(),
    };
    const noticed = clock.sleep(30_000).then(() => {
      log.recover();
      return true;
    });
    const noticedAt = noticed.then(() => clock.now());
    const cancel = new AbortController();
    for await (const _ of podOutput({ ...source, noticed }, 0, cancel.signal)) cancel.abort();
    expect(clock.now() - (await noticedAt)).toBeLessThan(500);
  });
});
