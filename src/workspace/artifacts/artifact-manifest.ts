/** The list of an artifact's files, as it is stored. */
import type { ArtifactFile } from '../workspace.ts';

interface Stored {
  readonly format: 1;
  readonly files: readonly ArtifactFile[];
}

/** Sorted by the bytes of the paths. */
export function encodeManifest(files: readonly ArtifactFile[]): Buffer {
  const sorted = [...files].sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
  return Buffer.from(JSON.stringify({ format: 1, files: sorted } satisfies Stored));
}

export function decodeManifest(bytes: Buffer): readonly ArtifactFile[] {
  const stored = JSON.parse(bytes.toString()) as Stored;
  return stored.files;
}

/** A path's bytes, one character each. */
export function keyOf({ path, rawPath }: ArtifactFile): string {
  return bytesOf(path, rawPath).toString('latin1');
}

export function bytesOf(text: string, raw: string | undefined): Buffer {
  return raw === undefined ? Buffer.from(text) : Buffer.from(raw, 'base64');
}

/**
 * Bytes as text, with the bytes themselves where that loses something.
 * @param shown what people may see of a text
 */
export function textOf(
  bytes: Buffer,
  shown = (text: string) => text,
): { readonly text: string; readonly raw?: string } {
  const text = shown(bytes.toString());
  return Buffer.from(text).equals(bytes) ? { text } : { text, raw: bytes.toString('base64') };
}

/** A file without the bytes of texts of which only a part may be shown. */
export function shownFile(file: ArtifactFile): ArtifactFile {
  const { rawPath, ...others } = file;
  const shown: ArtifactFile = isHidden(file.path, rawPath) ? others : file;
  if (shown.type !== 'link' || !isHidden(shown.target, shown.rawTarget)) return shown;
  const { rawTarget: _hidden, ...link } = shown;
  return link;
}

function isHidden(text: string, raw: string | undefined): boolean {
  return raw !== undefined && Buffer.from(raw, 'base64').toString() !== text;
}

function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** One list over the other: what a path was before is gone, with everything below it unless both are folders. */
export function overlayManifests(lists: readonly (readonly ArtifactFile[])[]): readonly ArtifactFile[] {
  const all = new Map<string, ArtifactFile>();
  for (const list of lists) {
    for (const file of list) {
      const path = keyOf(file);
      if (file.type !== 'folder' && all.get(path)?.type === 'folder') {
        for (const other of all.keys()) if (other.startsWith(`${path}/`)) all.delete(other);
      }
      for (let end = path.lastIndexOf('/'); end !== -1; end = path.lastIndexOf('/', end - 1)) {
        const above = path.slice(0, end);
        if (all.has(above) && all.get(above)?.type !== 'folder') all.delete(above);
      }
      all.set(path, file);
    }
  }
  return [...all].sort(([a], [b]) => compareKeys(a, b)).map(([, file]) => file);
}
