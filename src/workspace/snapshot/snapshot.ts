/**
 * A snapshot on the disk. `<folder>/workspace/tree.tar` has the sorted tree and then every `.git`, owned by 0:0.
 * `<folder>/workspace/snapshot.json` has its metadata.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Digest } from '../../model/ids.ts';
import { TarEncoder } from '../../tar/tar-encoder.ts';
import type { TarHeader } from '../../tar/tar-header.ts';
import { encodeItems, joined, type PackItem } from '../../tar/tar-pack.ts';
import { listGitFolder } from '../git/git-folder.ts';
import { readOwnTar } from '../tree/read-own-tar.ts';
import { selectFiles, type Selection } from './select-files.ts';
import { TreeDigest } from './snapshot-digest.ts';
import type { Snapshot, SnapshotRequest } from '../workspace.ts';
import { toWorkspaceError, WorkspaceError } from '../workspace-error.ts';

/** The content of `snapshot.json`. */
interface Description {
  readonly format: 1;
  readonly digest: Digest;
  readonly files: number;
  readonly bytes: number;
  readonly plain: boolean;
  /** The symbolic links: path and target, with one character for each byte. Absent in snapshots of earlier versions. */
  readonly links?: readonly (readonly [string, string])[];
  readonly notes: readonly string[];
}

const folderName = 'workspace';
const temporaryPrefix = '.workspace-';
const tarName = 'tree.tar';
const descriptionName = 'snapshot.json';
/** More notes would only fill the log. */
const maxNotes = 100;
const largestPlain = 8 ** 11 - 1;

/**
 * Reads the tree once. Throws `WorkspaceError` and the signal's reason, and then leaves nothing behind. Removes the
 * leftovers of an earlier attempt that was killed.
 */
export async function takeSnapshot(request: SnapshotRequest): Promise<Snapshot> {
  const selecting = select(request);
  selecting.catch(() => undefined);
  const folder = await request.folder;
  await removeUnfinished(folder);
  const temporary = await fs.promises.mkdtemp(path.join(folder, temporaryPrefix));
  try {
    const description = await writeSnapshot(await selecting, request, temporary);
    await fs.promises.writeFile(path.join(temporary, descriptionName), JSON.stringify(description));
    const final = path.join(folder, folderName);
    await fs.promises.rm(final, { recursive: true, force: true });
    await fs.promises.rename(temporary, final);
    return snapshotOf(folder, description);
  } catch (error) {
    await fs.promises.rm(temporary, { recursive: true, force: true });
    request.signal.throwIfAborted();
    throw toWorkspaceError(error);
  }
}

/** Opens the snapshot of an earlier run. Returns `undefined` if it was never complete. */
export async function openSnapshot(folder: string): Promise<Snapshot | undefined> {
  let text: string;
  try {
    text = await fs.promises.readFile(path.join(folder, folderName, descriptionName), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw toWorkspaceError(error);
  }
  return snapshotOf(folder, parseDescription(text, folder));
}

/**
 * Shares a snapshot with another run, without a second copy if the file system supports that. Returns `undefined` like
 * `openSnapshot`.
 */
export async function shareSnapshot(from: string, to: string): Promise<Snapshot | undefined> {
  if ((await openSnapshot(from)) === undefined) return undefined;
  await removeUnfinished(to);
  const temporary = await fs.promises.mkdtemp(path.join(to, temporaryPrefix));
  try {
    for (const name of [tarName, descriptionName]) {
      const [source, target] = [path.join(from, folderName, name), path.join(temporary, name)];
      // Neither file is written again, so a hard link is safe.
      await fs.promises.link(source, target).catch(async () => await fs.promises.copyFile(source, target));
    }
    await fs.promises.rename(temporary, path.join(to, folderName));
  } catch (error) {
    await fs.promises.rm(temporary, { recursive: true, force: true });
    throw toWorkspaceError(error);
  }
  return await openSnapshot(to);
}

function parseDescription(text: string, folder: string): Description {
  try {
    const description = JSON.parse(text) as Description;
    if ((description.format as number) === 1) return description;
  } catch {
    // All errors get the same message.
  }
  throw new WorkspaceError(
    'corrupt',
    `cannot read the workspace in ${folder}`,
    'start a new run: this one cannot be resumed',
  );
}

function snapshotOf(folder: string, { digest, files, bytes, plain, links, notes }: Description): Snapshot {
  const tar = path.join(folder, folderName, tarName);
  return {
    ref: { digest, files, bytes },
    notes,
    ...(links !== undefined && { links: new Map(links) }),
    open: (owner, signal) => readOwnTar(tar, 0, plain, owner, signal),
  };
}

async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await fs.promises.readdir(folder)) {
    if (name.startsWith(temporaryPrefix))
      await fs.promises.rm(path.join(folder, name), { recursive: true, force: true });
  }
}

/** The real path of the root, and its files. */
interface Selected {
  readonly root: string;
  readonly selection: Selection;
}

/** Starts Git before its first await, so that Git runs while the caller does something else. */
async function select({ root, ignore, environment, signal }: SnapshotRequest): Promise<Selected> {
  const real = realFolder(root);
  if (ignore === 'everything') return { root: real, selection: { names: [], repositories: [], notes: [] } };
  return { root: real, selection: await selectFiles({ root: real, ignore, environment, signal }) };
}

async function writeSnapshot(
  { root, selection }: Selected,
  { progress, signal }: SnapshotRequest,
  temporary: string,
): Promise<Description> {
  const reading = new Reading(selection.notes, progress);
  const chunks = packSelection(Buffer.from(root), selection, reading, signal);
  await fs.promises.writeFile(path.join(temporary, tarName), chunks, { signal });
  return reading.description();
}

function realFolder(root: string): string {
  if (fs.statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new WorkspaceError('not-found', `the workspace ${root} is not a readable folder`);
  return fs.realpathSync(root);
}

async function* packSelection(
  root: Buffer,
  selection: Selection,
  reading: Reading,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const out = new TarEncoder();
  const options = { owner: { uid: 0, gid: 0 }, modeMask: 0o777, observer: reading };
  yield* encodeItems(itemsOf(root, selection.names), out, signal, options);
  reading.endTree();
  for (const { name, layout, part } of selection.repositories) {
    const items = await listGitFolder({ layout, name: joined(name, Buffer.from('.git')), part, signal });
    yield* encodeItems(items, out, signal, options);
  }
  out.finish();
  yield* out.take();
}

function* itemsOf(root: Buffer, names: Iterable<Buffer>): Generator<PackItem, void, undefined> {
  for (const name of names) yield { path: joined(root, name), name };
}

/** Collects the metadata while the tree is read. */
class Reading {
  readonly #tree = new TreeDigest();
  #digest: Digest | undefined;
  readonly #notes: string[];
  readonly #links: [string, string][] = [];
  #files = 0;
  #bytes = 0;
  #plain = true;
  #more = 0;
  readonly #progress: SnapshotRequest['progress'];

  constructor(notes: readonly string[], progress: SnapshotRequest['progress']) {
    this.#progress = progress;
    this.#notes = [...notes];
  }

  entry(header: TarHeader): void {
    if (header.size > largestPlain) this.#plain = false;
    if (this.#digest !== undefined) return;
    this.#tree.entry(header);
    if (header.type !== 'directory') this.#files++;
    if (header.type === 'symlink') {
      this.#links.push([header.name.toString('latin1'), header.linkName?.toString('latin1') ?? '']);
    }
    this.#bytes += header.size;
    this.#progress?.(this.#files, this.#bytes);
  }

  data(bytes: Uint8Array): void {
    if (this.#digest === undefined) this.#tree.data(bytes);
  }

  note(message: string): void {
    if (this.#notes.length < maxNotes) this.#notes.push(message);
    else this.#more++;
  }

  endTree(): void {
    this.#digest = this.#tree.done();
  }

  description(): Description {
    const notes = this.#more === 0 ? this.#notes : [...this.#notes, `and ${this.#more} more`];
    const files = this.#files;
    const bytes = this.#bytes;
    const plain = this.#plain;
    const links = this.#links;
    return { format: 1, digest: this.#digest!, files, bytes, plain, links, notes };
  }
}
