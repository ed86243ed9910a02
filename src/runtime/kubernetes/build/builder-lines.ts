import { StringDecoder } from 'node:string_decoder';
import type { Stream } from '../../../model/work.ts';

/** A builder never writes a longer line itself. The start of a longer line is dropped. */
const longestLine = 64 * 1024;

/** Splits a builder's output into lines, by stream, across chunk boundaries. */
export class BuilderLines {
  readonly #begun = new Map<Stream, { readonly decoder: StringDecoder; text: string }>();

  /** Returns the lines that these bytes complete, without line ends. */
  push(stream: Stream, bytes: Uint8Array): readonly string[] {
    const begun = this.#begun.get(stream) ?? { decoder: new StringDecoder('utf8'), text: '' };
    this.#begun.set(stream, begun);
    const lines = (
      begun.text + begun.decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    ).split(/\r?\n/);
    begun.text = (lines.pop() ?? '').slice(-longestLine);
    return lines;
  }

  /** Returns the text after the last line end. */
  end(): readonly string[] {
    const rest = [...this.#begun.values()].map(({ text }) => text).filter((text) => text !== '');
    this.#begun.clear();
    return rest;
  }
}
