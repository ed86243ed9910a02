/**
 * The `.git` folder in the workspace. It is a real folder even if the work tree has a `.git` file (linked work trees,
 * submodules). It includes borrowed objects (alternates). It excludes everything that runs programs or contains
 * secrets. It contains only known files: additions of new Git versions and other tools stay out.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { TarHeader } from '../../tar/tar-header.ts';
import { joined, listTree, type PackItem } from '../../tar/tar-pack.ts';
import { formatGitConfig, readGitConfig, settingsToKeep, type GitSetting } from './git-config.ts';
import { readText, type GitLayout } from './git-layout.ts';

export interface GitFolderRequest {
  readonly layout: GitLayout;
  /** The name of the `.git` folder in the archive. */
  readonly name: Buffer;
  /**
   * Whether the workspace is only a part of the work tree. Then the index is excluded, because it names files that are
   * not in the workspace. History, tags and HEAD stay readable (`git log`, `git describe`, `git rev-parse HEAD`).
   */
  readonly part: boolean;
  readonly signal: AbortSignal;
}

/** Lists the files in a read order that is safe during a commit: references before their targets. */
export async function listGitFolder({ layout, name, part, signal }: GitFolderRequest): Promise<PackItem[]> {
  const { gitDir, commonDir } = layout;
  const collected = new Collected(name, signal);
  collected.folder('');
  for (const file of ['HEAD', 'ORIG_HEAD', 'MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD'])
    collected.file(gitDir, file);
  if (!part) {
    collected.file(gitDir, 'index');
    for (const file of fs.readdirSync(gitDir)) if (file.startsWith('sharedindex.')) collected.file(gitDir, file);
  }
  collected.folder('info');
  collected.file(commonDir, 'info/exclude');
  collected.file(commonDir, 'info/grafts');
  collected.file(commonDir, 'info/attributes');
  if (!part) collected.file(gitDir, 'info/sparse-checkout');
  await collected.tree(commonDir, 'refs');
  collected.file(commonDir, 'packed-refs');
  await collected.tree(commonDir, 'reftable');
  collected.file(commonDir, 'shallow');
  collected.text('config', configOf(layout, part));
  await collectObjects(collected, path.join(commonDir, 'objects'));
  return collected.items;
}

function configOf({ gitDir, commonDir }: GitLayout, part: boolean): string {
  const own = gitDir === commonDir ? [] : readGitConfig(path.join(gitDir, 'config.worktree'));
  const all = [
    ...readGitConfig(path.join(commonDir, 'config')),
    ...readGitConfig(path.join(commonDir, 'config.worktree')),
    ...own,
  ];
  const bare: GitSetting = { key: 'core.bare', section: 'core', name: 'bare', value: 'false' };
  const kept = settingsToKeep(all).filter(({ name }) => !part || !name.startsWith('sparse'));
  return formatGitConfig([...kept, bare]);
}

/** Lists the objects of a repository and of those that it borrows from. */
async function collectObjects(collected: Collected, first: string): Promise<void> {
  const seen = new Set<string>();
  const waiting = [first];
  collected.folder('objects');
  for (let objects = waiting.shift(); objects !== undefined; objects = waiting.shift()) {
    if (seen.has(objects)) continue;
    seen.add(objects);
    const alternates = readText(path.join(objects, 'info/alternates'));
    for (const line of alternates?.split('\n') ?? [])
      if (line !== '' && !line.startsWith('#')) waiting.push(path.resolve(objects, line));
    await collected.tree(path.dirname(objects), 'objects', path.basename(objects), (below) =>
      isOddObject(below, seen.size > 1 || waiting.length > 0),
    );
  }
}

/** Reports whether a file is unfinished, or an index over packs that is valid only in its own repository. */
function isOddObject(below: string, borrowed: boolean): boolean {
  const last = below.slice(below.lastIndexOf('/') + 1);
  if (last.startsWith('tmp_') || last.startsWith('incoming-') || last.endsWith('.lock')) return true;
  if (below === 'info/alternates' || below === 'info/http-alternates' || below === 'info/packs') return true;
  return borrowed && (below.startsWith('info/commit-graph') || below.startsWith('pack/multi-pack-index'));
}

class Collected {
  readonly items: PackItem[] = [];
  readonly #names = new Set<string>();
  readonly #name: Buffer;
  readonly #signal: AbortSignal;

  constructor(name: Buffer, signal: AbortSignal) {
    this.#name = name;
    this.#signal = signal;
  }

  folder(below: string): void {
    this.#add(below, { header: this.#header(below, { type: 'directory', mode: 0o755, size: 0 }) });
  }

  file(folder: string, below: string): void {
    const full = path.join(folder, below);
    if (fs.statSync(full, { throwIfNoEntry: false })?.isFile() === true)
      this.#add(below, { path: Buffer.from(full), name: this.#full(Buffer.from(below)) });
  }

  text(below: string, text: string): void {
    const content = Buffer.from(text);
    this.#add(below, { header: this.#header(below, { type: 'file', mode: 0o644, size: content.length }), content });
  }

  /**
   * Adds everything below a folder.
   * @param as its path on the disk if that differs
   */
  async tree(parent: string, below: string, as = below, skip: (name: string) => boolean = () => false): Promise<void> {
    const folder = Buffer.from(path.join(parent, as));
    if (fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return;
    this.folder(below);
    for (const name of await listTree(fs.realpathSync(folder, 'buffer'), this.#signal, (each) =>
      skip(each.toString()),
    )) {
      const whole = joined(Buffer.from(below), name);
      if (whole.toString().endsWith('.lock')) continue;
      this.#add(whole.toString('latin1'), { path: joined(folder, name), name: this.#full(whole) });
    }
  }

  #add(key: string, item: PackItem): void {
    if (this.#names.has(key)) return;
    this.#names.add(key);
    this.items.push(item);
  }

  #header(below: string, more: Pick<TarHeader, 'type' | 'mode' | 'size'>): TarHeader {
    return { name: this.#full(Buffer.from(below)), uid: 0, gid: 0, mtimeMs: 0, ...more };
  }

  #full(below: Buffer): Buffer {
    return joined(this.#name, below);
  }
}
