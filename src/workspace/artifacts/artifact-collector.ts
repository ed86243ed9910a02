/** Extracts the files that globs match from the tars that a runtime returns for paths of a workspace. */
import { TimeSlice } from '../../util/time-slice.ts';
import { readTar, type TarEntry } from '../../tar/tar-reader.ts';
import { textOf } from './artifact-manifest.ts';
import { compileGlobs } from './globs.ts';
import type { ObjectStore } from './object-store.ts';
import type { ArtifactFile, CollectRequest } from '../workspace.ts';
import { workspacePath } from '../tree/workspace-tar.ts';

export interface Refusal {
  readonly path: string;
  readonly detail: string;
}

export interface Found {
  readonly files: readonly ArtifactFile[];
  readonly refusals: readonly Refusal[];
  /** The patterns without a match. */
  readonly missing: readonly string[];
}

export class ArtifactCollector {
  readonly #globs;
  readonly #turns = new TimeSlice();
  readonly #files = new Map<string, ArtifactFile>();
  readonly #folders = new Map<string, number>();
  readonly #matched = new Set<string>();
  readonly #refusals: Refusal[] = [];
  /** Hard links to files that were not taken, or not yet. */
  readonly #links: { readonly path: string; readonly target: string; readonly mode: number }[] = [];
  readonly #objects: ObjectStore;
  readonly #request: CollectRequest;

  constructor(objects: ObjectStore, request: CollectRequest) {
    this.#objects = objects;
    this.#request = request;
    this.#globs = compileGlobs(request.patterns);
  }

  /** Throws the errors of reading: `TarError`, system errors, the signal's reason. */
  async collect(): Promise<Found> {
    for (const pattern of this.#globs.refused) this.#refuse(pattern, 'leads out of the workspace');
    for (const base of this.#globs.bases) if (await this.#isReachedWithoutLinks(base)) await this.#readBase(base);
    for (const link of this.#links) await this.#resolveHardLink(link);
    for (const path of [...this.#files.keys()]) this.#keepFoldersAbove(path);
    const missing = this.#request.patterns.filter(
      (pattern) => !this.#matched.has(pattern) && !this.#globs.refused.includes(pattern),
    );
    return { files: [...this.#files.values()], refusals: this.#refusals, missing };
  }

  /**
   * Reports whether no folder above a path is a link. A runtime follows such links, also out of the workspace. Reads
   * only the first entry of each folder.
   */
  async #isReachedWithoutLinks(base: string): Promise<boolean> {
    const parts = base.split('/');
    for (let count = 1; count < parts.length; count++) {
      const folder = parts.slice(0, count).join('/');
      const type = await this.#typeOf(folder);
      if (type === 'symlink') this.#refuse(base, `${folder} is a link, and links are not followed`);
      if (type !== 'directory') return false;
    }
    return true;
  }

  async #typeOf(path: string): Promise<string | undefined> {
    const tar = await this.#request.read(path);
    if (tar === undefined) return undefined;
    for await (const { header } of readTar(tar)) return header.type;
    return undefined;
  }

  async #readBase(base: string): Promise<void> {
    const tar = await this.#request.read(base);
    if (tar === undefined) return;
    for await (const entry of readTar(tar)) {
      this.#request.signal.throwIfAborted();
      await this.#take(base, entry);
      // Small files are hashed and written synchronously, so yield to other work.
      if (this.#turns.over) await this.#turns.next(this.#request.signal);
    }
  }

  async #take(base: string, entry: TarEntry): Promise<void> {
    const { header } = entry;
    const key = workspacePath(base, header.name);
    if (key === '' || key.split('/').includes('.git')) return;
    const isFolder = header.type === 'directory';
    if (isFolder) this.#folders.set(key, header.mode & 0o777);
    const patterns = this.#globs.matching(toText(key), isFolder);
    if (patterns.length === 0) return;
    for (const pattern of patterns) this.#matched.add(pattern);
    const mode = header.mode & 0o777;
    switch (header.type) {
      case 'file':
        this.#keep(key, {
          mode,
          type: 'file',
          digest: await this.#objects.put(entry.body, header.size, this.#request.signal),
          bytes: header.size,
        });
        return;
      case 'directory':
        this.#keep(key, { mode, type: 'folder' });
        return;
      case 'symlink':
        this.#takeLink(key, mode, header.linkName ?? Buffer.alloc(0));
        return;
      case 'hardlink':
        this.#links.push({ path: key, target: workspacePath(base, header.linkName ?? Buffer.alloc(0)), mode });
        return;
      case 'characterDevice':
      case 'blockDevice':
      case 'fifo':
        this.#refuse(toText(key), header.type === 'fifo' ? 'is a pipe' : 'is a device');
    }
  }

  #takeLink(key: string, mode: number, target: Buffer): void {
    const problem = linkProblem(key, target.toString('latin1'));
    if (problem !== undefined) {
      this.#refuse(toText(key), problem);
      return;
    }
    const { text, raw } = textOf(target, this.#request.shown);
    this.#keep(key, { mode, type: 'link', target: text, ...(raw === undefined ? {} : { rawTarget: raw }) });
  }

  /** Resolves a hard link whose content was stored under another name. That name may match no pattern. */
  async #resolveHardLink({ path, target, mode }: { path: string; target: string; mode: number }): Promise<void> {
    const known = this.#files.get(target);
    if (known?.type === 'file') {
      this.#keep(path, { mode, type: 'file', digest: known.digest, bytes: known.bytes });
      return;
    }
    const tar = await this.#request.read(toText(target));
    if (tar === undefined) return;
    for await (const { header, body } of readTar(tar)) {
      if (header.type === 'file')
        this.#keep(path, {
          mode,
          type: 'file',
          digest: await this.#objects.put(body, header.size, this.#request.signal),
          bytes: header.size,
        });
      return;
    }
  }

  /** Keeps the folders above a path, to restore their modes. */
  #keepFoldersAbove(path: string): void {
    for (let end = path.lastIndexOf('/'); end !== -1; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      const mode = this.#folders.get(folder);
      if (mode !== undefined && !this.#files.has(folder)) this.#keep(folder, { mode, type: 'folder' });
    }
  }

  #keep(key: string, what: WithoutPath): void {
    const { text, raw } = textOf(Buffer.from(key, 'latin1'), this.#request.shown);
    this.#files.set(key, { path: text, ...(raw === undefined ? {} : { rawPath: raw }), ...what });
  }

  #refuse(path: string, detail: string): void {
    this.#refusals.push({ path, detail });
  }
}

type WithoutPath = ArtifactFile extends infer File
  ? File extends ArtifactFile
    ? Omit<File, 'path' | 'rawPath'>
    : never
  : never;

function toText(key: string): string {
  return Buffer.from(key, 'latin1').toString();
}

/**
 * Returns why a link is invalid. `..` at the start of its target is safe, because its folder is real. `..` after a name
 * may lead anywhere, because that name may be a link.
 */
export function linkProblem(path: string, target: string): string | undefined {
  if (target.startsWith('/')) return `is a link to ${toText(target)}, an absolute path`;
  const parts = target.split('/').filter((part) => part !== '' && part !== '.');
  const ups = parts.findIndex((part) => part !== '..');
  const count = ups === -1 ? parts.length : ups;
  if (count >= path.split('/').length) return `is a link to ${toText(target)}, which is outside the workspace`;
  return parts.slice(count).includes('..')
    ? `is a link to ${toText(target)}, which may lead out of the workspace`
    : undefined;
}
