import { TarEncoder } from './tar-encoder.ts';
import { encodeEdited } from './tar-rewrite.ts';

/**
 * Several tars one after the other as one, with one end. Each is opened when the one before has ended.
 * Names may come more than once: where it is unpacked, the last one wins.
 */
export async function* concatTars(
  sources: Iterable<AsyncIterable<Uint8Array>>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const out = new TarEncoder();
  for (const source of sources) yield* encodeEdited(source, out, (header) => header);
  out.finish();
  yield* out.take();
}
