import { StringDecoder } from 'node:string_decoder';
import type { Stream } from '../../../model/work.ts';

/** What is longer without a line end is no line that a builder writes of itself: its beginning is let go. */
const longestLine = 64 * 1024;

/** The lines of a builder's output, by stream, however its chunks are cut. */
export class BuilderLines {
  readonly #begun = new Map<Stream, { readonly decoder: StringDecoder; text: string }>();

  /** The lines that these bytes complete, without their ends. */
  push(stream: Stream, bytes: Uint8Array): readonly string[] {
    const begun = this.#begun.get(stream) ?? { decoder: new StringDecoder('utf8'), text: '' };
    this.#begun.set(stream, begun);
    const lines = (
      begun.text + begun.decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    ).split(/\r?\n/);
    begun.text = (lines.pop() ?? '').slice(-longestLine);
    return lines;
  }

  /** What was not ended by a line end. */
  end(): readonly string[] {
    const rest = [...this.#begun.values()].map(({ text }) => text).filter((text) => text !== '');
    this.#begun.clear();
    return rest;
  }
}
