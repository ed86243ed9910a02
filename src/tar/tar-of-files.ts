import { Buffer } from 'node:buffer';
import { writeTar } from './tar-writer.ts';

export interface TarFile {
  /** A relative path. */
  readonly name: string;
  readonly content: string | Uint8Array;
  /** The permission bits. */
  readonly mode: number;
}

/**
 * Packs a few files from memory. Copies them, so that the tar can be written any number of times.
 * @param owner default: root
 */
export function tarOfFiles(
  files: readonly TarFile[],
  owner: { readonly uid: number; readonly gid: number } = { uid: 0, gid: 0 },
): AsyncIterable<Uint8Array> {
  return writeTar(
    files.map(({ name, content, mode }) => {
      // Copy: the tar takes ownership of its buffers.
      const body = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);
      return {
        header: {
          name: Buffer.from(name),
          type: 'file',
          mode,
          uid: owner.uid,
          gid: owner.gid,
          size: body.length,
          mtimeMs: 0,
        } as const,
        body,
      };
    }),
  );
}
