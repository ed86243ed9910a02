import { writeTar, type TarInput } from '../../src/tar/tar-writer.ts';
import type { TarHeader } from '../../src/tar/tar-header.ts';

export async function bytesOf(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

/** The same bytes, split into chunks of these lengths in turn. */
export async function* cut(
  bytes: Buffer,
  lengths: readonly number[] = [bytes.length + 1],
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0, i = 0; at < bytes.length; at += lengths[i++ % lengths.length]!)
    yield Buffer.from(bytes.subarray(at, at + lengths[i % lengths.length]!));
}

export function header(name: string, more: Partial<TarHeader> = {}): TarHeader {
  return { name: Buffer.from(name), type: 'file', mode: 0o644, uid: 0, gid: 0, size: 0, mtimeMs: 0, ...more };
}

export function fileEntry(name: string, text: string, more: Partial<TarHeader> = {}): TarInput {
  return { header: header(name, { size: Buffer.byteLength(text), ...more }), body: Buffer.from(text) };
}

export function linkEntry(name: string, target: string, type: 'symlink' | 'hardlink' = 'symlink'): TarInput {
  return { header: header(name, { type, linkName: Buffer.from(target) }) };
}

export function folderEntry(name: string, mode = 0o755): TarInput {
  return { header: header(name, { type: 'directory', mode }) };
}

export async function tarOf(...entries: readonly TarInput[]): Promise<Buffer> {
  return await bytesOf(writeTar(entries));
}
