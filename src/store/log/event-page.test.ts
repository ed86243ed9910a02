import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finished, noted, output, planned } from '../../../test/rigs/store-rig.ts';
import type { StampedEvent, StoredEvent } from '../../events/event.ts';
import { eventToJson } from '../../events/event-json.ts';
import type { RunId } from '../../model/ids.ts';
import { entryOf, LazyPage } from './event-page.ts';

function stored(...events: readonly StampedEvent[]): StoredEvent[] {
  return events.map((event, index) => ({ ...event, run: 'run' as RunId, epoch: 1, seq: index + 1 }));
}

function pageOf(...events: readonly StampedEvent[]): LazyPage {
  return new LazyPage(
    stored(...events).map((event) => entryOf(event)),
    events.length,
  );
}

const all = { after: 0, last: Infinity, structural: false, finish: false };

describe('a page', () => {
  it('has a line of JSON for each event, as `eventToJson` returns it', () => {
    const page = pageOf(noted('näme'), output('a\r\n'), output(Uint8Array.of(255, 10)), planned(2), finished());
    expect(page.json.toString()).toBe(page.events.map((event) => `${eventToJson(event)}\n`).join(''));
    expect(page.lines.map(String)).toEqual(page.events.map((event) => `${eventToJson(event)}\n`));
  });

  it.each(['a\u007fb', 'a\u0085b', 'a\u202eb'])('escapes what steers a terminal: %j', (text) => {
    const page = pageOf(noted(text), output(text));
    expect(page.json.toString()).not.toContain(text);
    expect(page.lines.map((line) => JSON.parse(String(line)) as object)).toMatchObject([{ message: text }, { text }]);
  });

  it('makes events and JSON once', () => {
    let made = 0;
    const [event] = stored(noted('a')) as [StoredEvent];
    const entry = { ...entryOf(event), event: () => (made++, event), rawJson: () => (made++, '{}') };
    const page = new LazyPage([entry], 1);
    expect([page.events, page.events, page.json, page.json, page.lines, page.lines]).toHaveLength(6);
    expect(made).toBe(2);
    expect(page.json).toBe(page.json);
    expect(page.lines).toBe(page.lines);
  });

  it('is shared by readers that want all of it', () => {
    const page = pageOf(noted('a'), noted('b'));
    expect(page.selected(all)).toBe(page);
    expect(page.selected({ ...all, structural: true, finish: true, last: 2 })).toBe(page);
  });

  it.each([
    ['after its first', { ...all, after: 1 }, [2, 3, 4, 5], 5],
    ['up to a number', { ...all, last: 3 }, [1, 2, 3], 3],
    ['without output', { ...all, structural: true }, [1, 3, 4, 5], 5],
    ['up to the end of the run', { ...all, finish: true }, [1, 2, 3, 4], 4],
    ['up to a number before the end of the run', { ...all, finish: true, last: 2 }, [1, 2], 2],
    ['after the end of the run', { ...all, finish: true, after: 4 }, [5], 5],
    ['beyond it', { ...all, after: 9 }, [], 5],
  ])('gives the part %s', (_, selection, seqs, through) => {
    const part = pageOf(noted('a'), output('b'), noted('c'), finished(), noted('d')).selected(selection);
    expect(part.events.map(({ seq }) => seq)).toEqual(seqs);
    expect(part.through).toBe(through);
  });

  it('has the same line for an event whose text is known', () => {
    const arbitrary = fc.oneof(
      fc.string({ unit: 'binary' }).map(noted),
      fc.string({ unit: 'binary' }).map((text) => output(text)),
      fc.constant(planned(1)),
    );
    fc.assert(
      fc.property(arbitrary, (given) => {
        const [event] = stored(given) as [StoredEvent];
        const { at: _at, ...body } = given;
        const text = event.type === 'output' ? Buffer.from(event.bytes).toString() : JSON.stringify(body);
        expect(entryOf(event, text).rawJson()).toBe(entryOf(event).rawJson());
      }),
    );
  });
});
