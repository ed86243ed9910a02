import { TarEncoder } from './tar-encoder.ts';
import { encodeEdited } from './tar-rewrite.ts';

/**
 * Concatenates tars into one. Opens each tar when the one before has ended. A name may occur several times: the last
 * one wins when unpacking.
 */
export async function* concatTars(
  sources: Iterable<AsyncIterable<Uint8Array>>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const out = new TarEncoder();
  for (const source of sources) yield* encodeEdited(source, out, (header) => header);
  out.finish();
  yield* out.take();
}
