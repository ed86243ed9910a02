import fs from 'node:fs';
import path from 'node:path';
import type { FilesArtifact } from '../../model/artifact.ts';
import type { Failure } from '../../model/outcome.ts';
import type { FileOwner, TarSource, TreeEntry } from '../../model/tree.ts';
import { isSystemError, toFileError } from '../../util/file-error.ts';
import { makeFolder } from '../../util/make-folder.ts';
import { TarEncoder } from '../../tar/tar-encoder.ts';
import { TarError } from '../../util/tar-error.ts';
import { extractTar } from '../../tar/tar-extract.ts';
import { encodeItems, type PackItem } from '../../tar/tar-pack.ts';
import { ArtifactClaims, type Conflict } from './artifact-claims.ts';
import { ArtifactCollector, type Found } from './artifact-collector.ts';
import { bytesOf, decodeManifest, encodeManifest, keyOf, overlayManifests, shownFile } from './artifact-manifest.ts';
import { ObjectStore } from './object-store.ts';
import type { ArtifactFile, ArtifactStore, Collected, CollectRequest } from '../workspace.ts';
import { toWriteError, WorkspaceError } from '../workspace-error.ts';

/**
 * @param folder the run's folder; artifacts are stored in `<folder>/artifacts`, created on demand
 */
export function openArtifactStore(folder: string): ArtifactStore {
  return new FolderArtifactStore(path.join(folder, 'artifacts'));
}

class FolderArtifactStore implements ArtifactStore {
  readonly #objects: ObjectStore;
  readonly #claims = new ArtifactClaims();
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#objects = new ObjectStore(folder);
  }

  async collect(request: CollectRequest): Promise<Collected> {
    try {
      const found = await new ArtifactCollector(this.#objects, request).collect();
      // Store before claiming, so that claimed artifacts exist.
      const artifact = found.files.length === 0 ? undefined : await this.#store(found.files);
      const conflict = this.#claims.claim(request.stage, request.step, found.files);
      const failure = failureOf(found, conflict);
      return { ...(artifact === undefined ? {} : { artifact }), ...(failure === undefined ? {} : { failure }) };
    } catch (error) {
      request.signal.throwIfAborted();
      const failure = failureOfError(error, this.#folder);
      if (failure === undefined) throw error;
      return { failure };
    }
  }

  async claim(stage: number, step: string, artifact: FilesArtifact): Promise<void> {
    this.#claims.claim(stage, step, await this.#read(artifact));
  }

  overlay(artifacts: readonly FilesArtifact[]): TarSource {
    return {
      open: (owner, signal) => this.#openOverlay(artifacts, owner, signal),
      entries: async () => (await this.#overlaid(artifacts)).map(entryOfFile),
    };
  }

  async list(artifact: FilesArtifact): Promise<readonly ArtifactFile[]> {
    return (await this.#read(artifact)).map(shownFile);
  }

  async #read(artifact: FilesArtifact): Promise<readonly ArtifactFile[]> {
    try {
      return decodeManifest(await this.#objects.read(artifact.manifest));
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  async writeTo(artifact: FilesArtifact, directory: string, signal: AbortSignal): Promise<void> {
    try {
      makeFolder(directory);
      await extractTar(this.#openOverlay([artifact], undefined, signal), directory, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw this.#isOwn(error) ? this.#unreadable(error) : toWriteError(error, directory);
    }
  }

  #isOwn(error: unknown): boolean {
    return isSystemError(error) && String(error.path).startsWith(`${this.#folder}/`);
  }

  #unreadable(error: unknown): WorkspaceError {
    const message = `cannot read the artifacts in ${this.#folder}: ${(error as Error).message}`;
    return new WorkspaceError('corrupt', message, undefined, { cause: error });
  }

  async #store(files: readonly ArtifactFile[]): Promise<FilesArtifact> {
    const manifest = await this.#objects.putWhole(encodeManifest(files));
    let bytes = 0;
    for (const file of files) if (file.type === 'file') bytes += file.bytes;
    return { kind: 'files', manifest, files: files.filter(({ type }) => type !== 'folder').length, bytes };
  }

  async *#openOverlay(
    artifacts: readonly FilesArtifact[],
    owner: FileOwner | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    signal.throwIfAborted();
    const out = new TarEncoder();
    // All files get the time of their collection, so that they are newer than their sources.
    const collectedAt =
      artifacts.length === 0 ? 0 : (await fs.promises.stat(this.#objects.pathOf(artifacts[0]!.manifest))).mtimeMs;
    const items = (await this.#overlaid(artifacts)).map((file) => this.#itemOf(file, collectedAt));
    yield* encodeItems(items, out, signal, { owner: owner ?? { uid: 0, gid: 0 } });
    out.finish();
    yield* out.take();
  }

  async #overlaid(artifacts: readonly FilesArtifact[]): Promise<readonly ArtifactFile[]> {
    return overlayManifests(await Promise.all(artifacts.map(async (artifact) => await this.#read(artifact))));
  }

  #itemOf(file: ArtifactFile, mtimeMs: number): PackItem {
    const name = bytesOf(file.path, file.rawPath);
    if (file.type === 'file')
      return { path: Buffer.from(this.#objects.pathOf(file.digest)), name, mode: file.mode, required: true };
    const header = { name, mode: file.mode, uid: 0, gid: 0, size: 0, mtimeMs };
    return {
      header:
        file.type === 'link'
          ? { ...header, type: 'symlink', linkName: bytesOf(file.target, file.rawTarget) }
          : { ...header, type: 'directory' },
    };
  }
}

function entryOfFile(file: ArtifactFile): TreeEntry {
  const path = keyOf(file);
  if (file.type !== 'link') return { path, type: file.type };
  return { path, type: 'link', target: bytesOf(file.target, file.rawTarget).toString('latin1') };
}

/** A longer list would not help the user. */
const mostRefusals = 100;

/** Returns one failure, the worst one. */
function failureOf(found: Found, conflict: Conflict | undefined): Failure | undefined {
  const [refusal, ...others] = found.refusals;
  if (refusal !== undefined) {
    const more = others.length > 0 && { others: others.slice(0, mostRefusals) };
    return { code: 'artifact-refused', ...refusal, ...more };
  }
  if (conflict !== undefined) return { code: 'artifact-conflict', ...conflict };
  if (found.missing.length > 0) return { code: 'artifact-missing', patterns: found.missing };
  return undefined;
}

function failureOfError(error: unknown, folder: string): Failure | undefined {
  if (error instanceof TarError) {
    if (error.code === 'refused') return { code: 'artifact-refused', path: '', detail: error.message };
    // The tar is invalid or incomplete: its sender died.
    return { code: 'runtime-lost', detail: `cannot read the artifacts: ${error.message}` };
  }
  const file = toFileError(error);
  if (file === undefined) return undefined;
  if (file.code === 'disk-full') return { code: 'disk-full', where: folder, detail: file.message };
  return { code: 'file-error', detail: file.message };
}
