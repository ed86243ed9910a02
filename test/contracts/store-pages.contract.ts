/** The contract of pages: events and their JSON. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventToJson } from '../../src/events/event-json.ts';
import { foldRun } from '../../src/events/run-state.ts';
import type { StampedEvent } from '../../src/events/event.ts';
import type { EventPage, OutputQuery, RunReader, Store, Until } from '../../src/store/store.ts';
import { collect, createRun, finished, firstStep, noted, output, planned, queued } from '../rigs/store-rig.ts';
import { openStores } from '../rigs/open-stores.ts';
import type { StoreRig } from '../rigs/store-rig.ts';

const never = new AbortController().signal;

export function testStorePages(name: string, makeRig: () => Promise<StoreRig>): void {
  describe(`${name} hands out pages`, () => {
    let store: Store;
    let other: Store;
    openStores(makeRig, (opened) => ({ store, other } = opened));

    const pagesOf = async (reader: RunReader, after = 0, until: Until = 'now') =>
      await collect(reader.pages(after, never, until));
    const linesOf = (pages: readonly EventPage[]) => pages.map(({ json }) => json.toString()).join('');

    it('whose JSON is the same in every process, and the lines of `eventToJson`', async () => {
      const run = await createRun(store);
      const given: StampedEvent[] = [
        queued('näme \u2603\u202e'),
        planned(2),
        output('a\r\n\u007f'),
        output(Uint8Array.of(0, 255), 4),
      ];
      await run.log.append(given);
      await run.log.append([
        { ...output('x'), from: { workload: 'w"', container: 'c' } } as StampedEvent,
        { ...output('y'), from: { engine: true } } as StampedEvent,
        {
          type: 'output',
          at: 7,
          from: { step: firstStep, attempt: 2 },
          stream: 'stderr',
          offset: 0,
          bytes: Buffer.from('z'),
        },
        finished(),
      ]);
      const reader = await other.read(run.id);
      const expected = (await collect(reader.follow(0, never, 'now'))).map((event) => `${eventToJson(event)}\n`);
      expect(linesOf(await pagesOf(run.log))).toBe(expected.join(''));
      expect(linesOf(await pagesOf(reader))).toBe(expected.join(''));
      const lines = (await pagesOf(reader)).flatMap((page) => page.lines.map(String));
      expect(lines).toEqual(expected);
      expect(expected[0]).toContain('"name":"näme ☃\\u202e"');
      expect(expected[3]).toContain('"seq":4,"base64":"AP8="}');
    });

    it('that have all output as it was stored: any characters, any bytes, any cursor, short and long', async () => {
      const run = await createRun(store);
      const characters = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).join('');
      const given = [
        output(characters.slice(1, 0x600)),
        { ...output(characters.slice(0x600, 0x900)), cursor: 1.5 },
        { ...output(Uint8Array.of(255, 0, 7)), cursor: 2 ** 60 },
        { ...output('\u{1f600}"\\'), cursor: 2 ** 60 },
        { ...output(''), cursor: -1 },
        noted('between'),
        output(Uint8Array.of(0)),
        output('x'.repeat(300_000)),
        output('y'.repeat(4_096)),
        { ...output('z'), from: { workload: '"w,[1]', container: '\n' } },
      ] as StampedEvent[];
      await run.log.append(given);
      const reader = await other.read(run.id);
      const read = await collect(reader.follow(0, never, 'now'));
      expect(read.map(({ run: _run, epoch: _epoch, seq: _seq, ...event }) => event)).toEqual(given);
      expect(linesOf(await pagesOf(reader))).toBe(read.map((event) => `${eventToJson(event)}\n`).join(''));
      const printed = await collect(reader.output({}, never));
      expect(printed).toEqual(read.filter(({ type }) => type === 'output'));
    });

    it('that have at least one event each, follow each other and end where `follow` ends', async () => {
      const run = await createRun(store);
      await run.log.append(Array.from({ length: 1_500 }, (_, index) => (index % 3 === 0 ? noted('n') : output('o'))));
      await run.log.append([finished(), noted('after')]);
      for (const reader of [run.log, await other.read(run.id)]) {
        const pages = await pagesOf(reader, 10, 'finished');
        const seqs = pages.flatMap(({ events }) => events.map(({ seq }) => seq));
        expect(seqs).toEqual(Array.from({ length: 1_491 }, (_, index) => index + 11));
        for (const { events, lines, through } of pages) {
          expect(lines).toHaveLength(events.length);
          expect(through).toBe(events.at(-1)?.seq);
        }
      }
    });

    it('without output, whose numbers say how far the log was read', async () => {
      const run = await createRun(store);
      await run.log.append([noted('a'), output('b'), output('c')]);
      const reader = await other.read(run.id);
      for (const log of [run.log, reader]) {
        const pages = await collect(log.pages(0, never, 'now', 'structural'));
        expect(pages.map(({ events, through }) => [events.map(({ seq }) => seq), through])).toEqual([[[1], 3]]);
      }
    });

    it('are shared by readers of one process', async () => {
      const run = await createRun(store);
      await run.log.append([noted('a'), output('b')]);
      const [first, second] = [await other.read(run.id), await other.read(run.id)];
      const events = [await collect(first.follow(0, never, 'now')), await collect(second.follow(0, never, 'now'))];
      expect(events[0]?.[0]).toBe(events[1]?.[0]);
    });

    it('and output of workloads by workload and container', async () => {
      const run = await createRun(store);
      const of = (workload: string, container: string, text: string) =>
        ({ ...output(text), from: { workload, container } }) as StampedEvent;
      await run.log.append([
        output('step'),
        of('w', 'a', '1'),
        of('w', 'b', '2'),
        of('w-2', 'a', '3'),
        of('w"', 'a', '4'),
      ]);
      await run.log.append([of('w', 'a', '5'), { ...output('6'), from: { engine: true } } as StampedEvent]);
      const reader = await other.read(run.id);
      const texts = async (query: OutputQuery) =>
        (await collect(reader.output(query, never))).map(({ bytes }) => Buffer.from(bytes).toString());
      expect(await texts({ workload: 'w' })).toEqual(['1', '2', '5']);
      expect(await texts({ workload: 'w', container: 'a' })).toEqual(['1', '5']);
      expect(await texts({ workload: 'w', tailBytes: 2 })).toEqual(['2', '5']);
      expect(await texts({ workload: 'w"' })).toEqual(['4']);
      expect(await texts({ workload: 'none' })).toEqual([]);
      expect(await texts({ step: firstStep })).toEqual(['step']);
      const state = await foldRun(reader.follow(0, never, 'now'));
      expect(state.workloads.map(({ workload, container, streams }) => [workload, container, streams.stdout])).toEqual([
        ['w', 'a', { offset: 1, cursor: 1 }],
        ['w', 'b', { offset: 1, cursor: 1 }],
        ['w-2', 'a', { offset: 1, cursor: 1 }],
        ['w"', 'a', { offset: 1, cursor: 1 }],
      ]);
    });

    it('keep any bytes, in events and in JSON', async () => {
      const chunk = fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc.string({ unit: 'binary', maxLength: 40 }).map((text) => new Uint8Array(Buffer.from(text))),
        fc.nat(2).map((more) => new Uint8Array(Buffer.from('x'.repeat(4095 + more)))),
        fc.nat(2).map((more) => new Uint8Array(Buffer.from(`${'é'.repeat(2047)}${'x'.repeat(1 + more)}`))),
        fc
          .constantFrom([0], [65, 0, 66], [0xef, 0xbb, 0xbf, 65], [0xc3], [0x80])
          .map((bytes) => Uint8Array.from(bytes)),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(chunk, { minLength: 1, maxLength: 12 }), async (chunks) => {
          const run = await createRun(store);
          const given: StampedEvent[] = chunks.map((bytes) => output(bytes));
          await run.log.append(given);
          const reader = await other.read(run.id);
          const events = await collect(reader.follow(0, never, 'now'));
          const bytes = events.map((event) => (event.type === 'output' ? [...event.bytes] : []));
          expect(bytes).toEqual(chunks.map((one) => [...one]));
          const json = events.map((event) => `${eventToJson(event)}\n`).join('');
          expect(linesOf(await pagesOf(reader))).toBe(json);
          expect(linesOf(await pagesOf(run.log))).toBe(json);
          const tail = await collect(reader.output({ step: firstStep, tailBytes: 3 }, never));
          const whole = Buffer.concat(chunks);
          expect(Buffer.concat(tail.map((one) => one.bytes))).toEqual(
            whole.subarray(-Math.min(3, whole.length) || whole.length),
          );
          await run.release();
          await reader[Symbol.asyncDispose]();
        }),
        { numRuns: 30 },
      );
    });
  });
}
