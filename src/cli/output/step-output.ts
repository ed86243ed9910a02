/**
 * Splits the output of a run into lines. Every step and stream has a reader of its own, so two writers never share a
 * line.
 */
import type { OutputEvent, OutputSource } from '../../events/event.ts';
import type { StepId } from '../../model/ids.ts';
import type { Stream } from '../../model/work.ts';
import { ColourState } from './colour-state.ts';
import { LastLines } from './last-lines.ts';
import { LineReader } from './line-reader.ts';

/** How many lines of a failed step the summary shows. */
const remembered = 10;

interface Subject {
  readonly streams: Map<Stream, { readonly reader: LineReader; readonly colours: ColourState }>;
  readonly last: LastLines;
  newest: string;
}

export class StepOutput {
  readonly #subjects = new Map<string, Subject>();
  readonly #colours: boolean;

  constructor(colours: boolean) {
    this.#colours = colours;
  }

  /** Returns the lines that this event completes. */
  push(event: OutputEvent): readonly string[] {
    const subject = this.#subject(subjectOf(event.from));
    const stream = streamOf(subject, event.stream, this.#colours);
    const lines = stream.reader.push(event.bytes).map((line) => stream.colours.show(line));
    subject.last.push(lines);
    const partial = stream.reader.partial;
    subject.newest = partial !== '' ? partial : (lines.at(-1) ?? subject.newest);
    return lines;
  }

  /** Returns the unfinished lines of an attempt that has ended. */
  finish(from: OutputSource): readonly string[] {
    const subject = this.#subjects.get(subjectOf(from));
    if (subject === undefined) return [];
    const lines: string[] = [];
    for (const { reader, colours } of subject.streams.values()) {
      const rest = reader.end();
      if (rest !== undefined) lines.push(colours.show(rest));
    }
    subject.last.push(lines);
    subject.streams.clear();
    return lines;
  }

  /** Returns the unfinished line of a running step, or its last line. It may contain control sequences. */
  newest(step: StepId): string {
    return this.#subjects.get(step)?.newest ?? '';
  }

  lastLines(step: StepId): readonly string[] {
    return this.#subjects.get(step)?.last.lines ?? [];
  }

  /** Frees the state of a writer that is no longer shown. */
  forget(from: OutputSource): void {
    this.#subjects.delete(subjectOf(from));
  }

  #subject(key: string): Subject {
    const known = this.#subjects.get(key);
    if (known !== undefined) return known;
    const made: Subject = { streams: new Map(), last: new LastLines(remembered), newest: '' };
    this.#subjects.set(key, made);
    return made;
  }
}

function streamOf(subject: Subject, stream: Stream, colours: boolean) {
  const known = subject.streams.get(stream);
  if (known !== undefined) return known;
  const made = { reader: new LineReader(), colours: new ColourState(colours) };
  subject.streams.set(stream, made);
  return made;
}

function subjectOf(from: OutputSource): string {
  if ('step' in from) return from.step;
  return 'workload' in from ? `${from.workload}/${from.container}` : '';
}
