import { posix } from 'node:path';
import type { OpenedImage } from '../../runtime/opened-image.ts';
import { readTar, type TarEntry } from '../../tar/tar-reader.ts';
import { readAtMost } from '../../util/read-at-most.ts';
import type { FileContent, FileFacts } from './check-file.ts';

/** Longer files are not tested. */
const mostBytes = 32 * 1024 * 1024;
/** As many links as Linux follows. */
const mostLinks = 40;

type Files = Pick<OpenedImage, 'copyOut'>;
type FilesWithOwners = Pick<OpenedImage, 'copyOut' | 'owner'>;

/**
 * Returns the facts of a path in an image; `undefined` if it does not exist. A link is not followed. Throws
 * `RuntimeRefused`.
 * @param owned whether the owner is wanted: to find it may take a while
 */
export async function fileFacts(
  image: FilesWithOwners,
  path: string,
  owned: boolean,
  signal: AbortSignal,
): Promise<FileFacts | undefined> {
  const found = await firstEntry(image, path, signal, async ({ header }) => await Promise.resolve(header));
  if (!found) return undefined;
  const { type, mode, uid, gid } = found;
  const owner = owned ? await image.owner(absolute(path), signal) : undefined;
  return { type, mode, uid, gid, ...owner };
}

/** Returns the content of a file in an image. Follows links. Throws `RuntimeRefused`. */
export async function fileContent(image: Files, path: string, signal: AbortSignal): Promise<FileContent> {
  let at = path;
  for (let links = 0; links <= mostLinks; links++) {
    const found = await firstEntry(image, at, signal, async ({ header, body }) => ({
      header,
      content: header.type === 'file' ? await readAtMost(body, mostBytes) : undefined,
    }));
    if (!found) return { kind: 'missing' };
    const { header, content } = found;
    if (header.type === 'directory') return { kind: 'folder' };
    if (header.type === 'symlink')
      at = posix.resolve('/', posix.dirname(absolute(at)), header.linkName?.toString() ?? '');
    else if (!content) return { kind: 'unreadable', why: 'it is not a regular file' };
    else if (!content.whole) return { kind: 'unreadable', why: 'it is longer than 32 MiB' };
    else return { kind: 'file', text: content.bytes.toString() };
  }
  return { kind: 'unreadable', why: 'too many links' };
}

const absolute = (path: string): string => posix.resolve('/', path);

/** Reads the entry of a path itself. What is below a folder is not read. */
async function firstEntry<T>(
  image: Files,
  path: string,
  signal: AbortSignal,
  read: (entry: TarEntry) => Promise<T>,
): Promise<T | undefined> {
  const tar = await image.copyOut(absolute(path), signal);
  if (!tar) return undefined;
  for await (const entry of readTar(tar)) return await read(entry);
  return undefined;
}
