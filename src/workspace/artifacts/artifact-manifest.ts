/** The stored list of an artifact's files. */
import type { ArtifactFile } from '../workspace.ts';

interface Stored {
  readonly format: 1;
  readonly files: readonly ArtifactFile[];
}

/** Encodes the files sorted by the bytes of their paths. */
export function encodeManifest(files: readonly ArtifactFile[]): Buffer {
  const sorted = [...files].sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
  return Buffer.from(JSON.stringify({ format: 1, files: sorted } satisfies Stored));
}

export function decodeManifest(bytes: Buffer): readonly ArtifactFile[] {
  const stored = JSON.parse(bytes.toString()) as Stored;
  return stored.files;
}

/** Returns the bytes of a path with one character each. */
export function keyOf({ path, rawPath }: ArtifactFile): string {
  return bytesOf(path, rawPath).toString('latin1');
}

export function bytesOf(text: string, raw: string | undefined): Buffer {
  return raw === undefined ? Buffer.from(text) : Buffer.from(raw, 'base64');
}

/**
 * Returns bytes as text, and also in raw form if the text loses information.
 * @param shown masks a text for people
 */
export function textOf(
  bytes: Buffer,
  shown = (text: string) => text,
): { readonly text: string; readonly raw?: string } {
  const text = shown(bytes.toString());
  return Buffer.from(text).equals(bytes) ? { text } : { text, raw: bytes.toString('base64') };
}

/** Returns a file without raw bytes that contain masked text. */
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

/**
 * Overlays lists of files. A later entry replaces an earlier one of the same path and everything below it, unless both
 * are folders.
 */
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
