import { Buffer } from 'node:buffer';
import { writeTar } from './tar-writer.ts';

export interface TarFile {
  /** A path, relative. */
  readonly name: string;
  readonly content: string | Uint8Array;
  /** Permissions. */
  readonly mode: number;
}

/**
 * A few files that are in memory as a tar; they stay the caller's, so that it can be written any number of times.
 * @param owner root unless said
 */
export function tarOfFiles(
  files: readonly TarFile[],
  owner: { readonly uid: number; readonly gid: number } = { uid: 0, gid: 0 },
): AsyncIterable<Uint8Array> {
  return writeTar(
    files.map(({ name, content, mode }) => {
      // A copy: the tar owns what it is given.
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
