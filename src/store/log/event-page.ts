/** A part of a log, as a store hands it to readers. */
import { isAscii } from 'node:buffer';
import type { EventType, Seq, StoredEvent } from '../../events/event.ts';
import { bodyToRawJson, eventToRawJson, isShownAsStored, textToRawJson } from '../../events/event-json.ts';
import { terminalJson } from '../../events/terminal-json.ts';
import type { EventPage } from '../store.ts';

/** One event, in the form in which a store has it. */
export interface LogEntry {
  readonly seq: Seq;
  readonly type: EventType;
  event(): StoredEvent;
  /** Returns the line of JSON, not yet safe to print. See `eventToRawJson`. */
  rawJson(): string;
}

/**
 * Returns the entry of an event that exists already.
 * @param text if known: the JSON of a structural event's own fields, or the text that the bytes of output are
 */
export function entryOf(event: StoredEvent, text?: string): LogEntry {
  const rawJson = () => (text === undefined ? eventToRawJson(event) : knownToRawJson(event, text));
  return { seq: event.seq, type: event.type, event: () => event, rawJson };
}

function knownToRawJson(event: StoredEvent, text: string): string {
  if (event.type === 'output') return textToRawJson(event, event, text);
  return isShownAsStored(event.type) ? bodyToRawJson(text, event) : eventToRawJson(event);
}

/**
 * Makes events and JSON when they are first wanted, once for all readers that share the page. A reader of JSON makes no
 * events, and a reader of events no JSON.
 */
export class LazyPage implements EventPage {
  #events: readonly StoredEvent[] | undefined;
  #json: Buffer | undefined;
  #lines: readonly Buffer[] | undefined;

  constructor(
    readonly entries: readonly LogEntry[],
    readonly through: Seq,
  ) {}

  get events(): readonly StoredEvent[] {
    return (this.#events ??= this.entries.map((entry) => entry.event()));
  }

  get json(): Buffer {
    return (this.#json ??= linesOf(this.entries));
  }

  get lines(): readonly Buffer[] {
    return (this.#lines ??= splitLines(this.json));
  }

  /** Returns the part of this page that a reader wants, which is often the page itself. */
  selected({ after, last, structural, finish }: Selection): LazyPage {
    let to = this.entries.length;
    while (to > 0 && (this.entries[to - 1]?.seq ?? 0) > last) to -= 1;
    let from = 0;
    while (from < to && (this.entries[from]?.seq ?? 0) <= after) from += 1;
    let finished = false;
    if (finish) {
      const end = this.entries.findIndex(({ type }, index) => index >= from && type === 'run.finished');
      finished = end >= 0 && end < to;
      if (finished) to = end + 1;
    }
    const hasOutput = structural && this.entries.some(({ type }) => type === 'output');
    if (from === 0 && to === this.entries.length && !hasOutput) return this;
    const entries = this.entries.slice(from, to);
    const through = finished ? (entries.at(-1)?.seq ?? this.through) : Math.min(this.through, last);
    return new LazyPage(hasOutput ? entries.filter(({ type }) => type !== 'output') : entries, through);
  }
}

export interface Selection {
  readonly after: Seq;
  readonly last: Seq;
  /** Without output. */
  readonly structural: boolean;
  /** Up to `run.finished`. */
  readonly finish: boolean;
}

function linesOf(entries: readonly LogEntry[]): Buffer {
  let text = '';
  for (const entry of entries) text += `${entry.rawJson()}\n`;
  const json = Buffer.from(text);
  // Nearly all pages have nothing to escape, and asking that of bytes is ten times faster than of a text.
  return isAscii(json) && !json.includes(0x7f) ? json : Buffer.from(terminalJson(text));
}

function splitLines(json: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < json.length;) {
    const end = json.indexOf(0x0a, from) + 1;
    lines.push(json.subarray(from, end));
    from = end;
  }
  return lines;
}
