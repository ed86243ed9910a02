import { TarEncoder } from './tar-encoder.ts';
import type { TarHeader } from './tar-header.ts';

export interface TarInput {
  readonly header: TarHeader;
  /**
   * Exactly `header.size` bytes; may be absent when that is 0. Big parts are not copied: they belong to the tar
   * afterwards.
   */
  readonly body?: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** Headers and bodies as the chunks of a tar. A body of another size than its header says is a bug and throws. */
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
