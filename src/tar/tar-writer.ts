import { TarEncoder } from './tar-encoder.ts';
import type { TarHeader } from './tar-header.ts';

export interface TarInput {
  readonly header: TarHeader;
  /**
   * Exactly `header.size` bytes. Optional if that is 0. Large parts are not copied: the tar takes ownership of them.
   */
  readonly body?: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** Yields the chunks of a tar from headers and bodies. Throws if a body's size differs from its header's: a bug. */
export async function* writeTar(
  entries: Iterable<TarInput> | AsyncIterable<TarInput>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const out = new TarEncoder();
  for await (const { header, body } of entries) {
    out.entry(header);
    if (body instanceof Uint8Array) out.data(body);
    else if (body !== undefined) {
      for await (const part of body) {
        out.data(part);
        yield* out.take();
      }
    }
    yield* out.take();
  }
  out.finish();
  yield* out.take();
}
