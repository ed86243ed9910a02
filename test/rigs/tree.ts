import type { FileOwner, TarSource } from '../../src/model/tree.ts';
import { readTar } from '../../src/tar/tar-reader.ts';
import { writeTar, type TarInput } from '../../src/tar/tar-writer.ts';

/** One entry of a tree: a file, a link or (neither) a folder. Names are UTF-8 or bytes. */
export interface TreeEntry {
  readonly path: string | Uint8Array;
  /** Default: 0o644 for files, 0o755 for folders. */
  readonly mode?: number;
  readonly content?: string | Uint8Array;
  readonly link?: string | Uint8Array;
}

/** A tree of a test as a tar that can be read any number of times. */
export function tarSource(entries: readonly TreeEntry[]): TarSource {
  return { open: (owner) => writeTar(entries.map((entry) => toInput(entry, owner))) };
}

function toInput({ path, mode, content, link }: TreeEntry, owner: FileOwner | undefined): TarInput {
  const common = { name: Buffer.from(path), uid: owner?.uid ?? 0, gid: owner?.gid ?? 0, mtimeMs: 1_700_000_000_000 };
  if (content !== undefined) {
    const body = Buffer.from(content);
    return { header: { ...common, type: 'file', mode: mode ?? 0o644, size: body.length }, body };
  }
  if (link !== undefined)
    return { header: { ...common, type: 'symlink', mode: 0o777, size: 0, linkName: Buffer.from(link) } };
  return { header: { ...common, type: 'directory', mode: mode ?? 0o755, size: 0 } };
}

/**
 * Describes a tar as a record: `644 content`, `755 /`, `-> target` by path. Invalid UTF-8 in names becomes `\\xNN`.
 * Modes of links are omitted, because systems differ.
 */
export async function describeTar(tar: AsyncIterable<Uint8Array>): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { header, body } of readTar(tar)) {
    const mode = header.mode.toString(8);
    if (header.type === 'symlink') found[readable(header.name)] = `-> ${readable(header.linkName ?? Buffer.of())}`;
    else if (header.type === 'directory') found[readable(header.name)] = `${mode} /`;
    else {
      const parts: Uint8Array[] = [];
      for await (const part of body) parts.push(Buffer.from(part));
      found[readable(header.name)] = `${mode} ${readable(Buffer.concat(parts))}`;
    }
  }
  return found;
}

function readable(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes)
    ? text
    : bytes.toString('latin1').replace(/[\x80-\xff]/g, (odd) => `\\x${odd.charCodeAt(0).toString(16)}`);
}
