/** Selects the files of a workspace. Names are bytes. As keys they are strings with one character for each byte. */
import path from 'node:path';
import { joined, listTree, type ListedKind } from '../../tar/tar-pack.ts';
import type { Environment } from '../git/git-command.ts';
import { findGit, gitOf, type GitLayout } from '../git/git-layout.ts';
import { askForFiles } from './select-with-git.ts';
import { ignoredByRules } from './select-with-rules.ts';

export interface SelectRequest {
  /** A real path. */
  readonly root: string;
  readonly ignore: 'git' | 'none';
  readonly environment?: Environment | undefined;
  readonly signal: AbortSignal;
}

export interface Selection {
  /** The files, links and folders below the root, sorted by bytes, a folder before its content. Without any `.git`. */
  readonly names: readonly Buffer[];
  /** The places of `.git` folders: the root (an empty name), submodules, nested repositories. */
  readonly repositories: readonly { readonly name: Buffer; readonly layout: GitLayout; readonly part: boolean }[];
  readonly notes: readonly string[];
}

export async function selectFiles(request: SelectRequest): Promise<Selection> {
  const selecting = new Selecting(request);
  const why = 'owned by another user in a folder that all users can write to';
  const layout = findGit(request.root, (git) => selecting.notes.push(`ignoring ${git}: ${why}`));
  const ownTree = layout !== undefined && (await selecting.tree(request.root, Buffer.alloc(0), layout));
  if (ownTree) selecting.repositories.push({ name: Buffer.alloc(0), layout, part: layout.workTree !== request.root });
  else if (layout === undefined) await selecting.withRules(request.root, Buffer.alloc(0), undefined);
  return {
    names: selecting.names.sort((a, b) => Buffer.compare(a, b)),
    repositories: selecting.repositories,
    notes: selecting.notes,
  };
}

class Selecting {
  readonly names: Buffer[] = [];
  readonly repositories: { name: Buffer; layout: GitLayout; part: boolean }[] = [];
  readonly notes: string[] = [];
  readonly #request: SelectRequest;

  constructor(request: SelectRequest) {
    this.#request = request;
  }

  /**
   * Selects the files of one repository's work tree below a folder, and of nested ones. Returns `false` if the
   * repository around the folder ignores it, so that it is a tree of its own.
   */
  async tree(folder: string, prefix: Buffer, layout: GitLayout): Promise<boolean> {
    if (this.#request.ignore === 'none') {
      await this.withRules(folder, prefix, undefined);
      return true;
    }
    const answer = await askForFiles({ ...this.#request, folder, isTop: layout.workTree === folder });
    switch (answer.status) {
      case 'listed':
        for (const name of answer.names) this.names.push(joined(prefix, name));
        for (const name of answer.repositories) await this.#nested(folder, prefix, name);
        return true;
      case 'outside':
        await this.withRules(folder, prefix, undefined);
        return false;
      case 'unavailable':
        this.notes.push(
          `cannot list the files of ${folder} with Git (${answer.detail}): applying its .gitignore files, also to tracked files`,
        );
        await this.withRules(folder, prefix, layout);
        return true;
    }
  }

  /** Applies the `.gitignore` files without Git. With `ignore: 'none'`, selects everything. */
  async withRules(folder: string, prefix: Buffer, layout: GitLayout | undefined): Promise<void> {
    const isIgnored = this.#request.ignore === 'none' ? () => false : ignoredByRules(folder, layout);
    const repositories: Buffer[] = [];
    const skip = (name: Buffer, kind: ListedKind) => {
      if (isGitName(name)) {
        const parent = name.subarray(0, Math.max(0, name.length - '/.git'.length));
        if (parent.length > 0) repositories.push(parent);
        return true;
      }
      return isIgnored(name, kind === 'folder');
    };
    for (const name of await listTree(Buffer.from(folder), this.#request.signal, skip))
      this.names.push(joined(prefix, name));
    for (const name of repositories) this.#keepRepository(folder, prefix, name);
  }

  /** Handles a folder that the repository around it treats as one entry: a submodule or another repository. */
  async #nested(folder: string, prefix: Buffer, name: Buffer): Promise<void> {
    const inner = path.join(folder, name.toString());
    const layout = gitOf(inner);
    const whole = joined(prefix, name);
    if (!name.equals(Buffer.from(name.toString()))) {
      this.notes.push(`skipping ${whole.toString()}: the name of this repository's folder is not UTF-8`);
      return;
    }
    this.names.push(whole);
    if (layout === undefined) await this.withRules(inner, whole, undefined);
    else if (await this.tree(inner, whole, layout)) this.#keepRepository(folder, prefix, name);
  }

  #keepRepository(folder: string, prefix: Buffer, name: Buffer): void {
    const layout = gitOf(path.join(folder, name.toString()));
    if (layout !== undefined) this.repositories.push({ name: joined(prefix, name), layout, part: false });
  }
}

function isGitName(name: Buffer): boolean {
  const text = name.subarray(-5).toString('latin1');
  return text === '/.git' || (name.length === 4 && text === '.git');
}
