/**
 * Lists the files that Git does not ignore. Unlike the rules alone, this is exact for tracked files that a rule
 * matches, for the user's excludes file, and in linked work trees.
 */
import { joined, listTree, type ListedKind } from '../../tar/tar-pack.ts';
import { askGit, splitZero, type Environment } from '../git/git-command.ts';

export interface AskRequest {
  readonly folder: string;
  /** Whether the folder is the top of its work tree. */
  readonly isTop: boolean;
  readonly environment?: Environment | undefined;
  readonly signal: AbortSignal;
}

export type GitFiles =
  /**
   * The existing names below the folder. `repositories` are folders with their own Git, which are not listed further.
   */
  | { readonly status: 'listed'; readonly names: readonly Buffer[]; readonly repositories: readonly Buffer[] }
  /** The repository around the folder ignores it. */
  | { readonly status: 'outside' }
  | { readonly status: 'unavailable'; readonly detail: string };

export async function askForFiles(request: AskRequest): Promise<GitFiles> {
  const listing = askGit({
    ...callOf(request),
    arguments: ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
  });
  const ignoring = request.isTop ? undefined : askGit({ ...callOf(request), arguments: ['check-ignore', '-q', '.'] });
  const [listed, ignored] = await Promise.all([listing, ignoring]);
  if (listed === undefined) return { status: 'unavailable', detail: 'Git is not installed' };
  if (listed.code !== 0) return { status: 'unavailable', detail: listed.stderr.split('\n')[0] ?? '' };
  if (listed.stdout.length === 0 && ignored?.code === 0) return { status: 'outside' };
  return await new Walk(request, splitZero(listed.stdout)).done();
}

function callOf({ folder, environment, signal }: AskRequest) {
  return { directory: folder, environment, signal };
}

/** Compares Git's list with the disk: Git lists no folders, but also lists deleted files. */
class Walk {
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();
  readonly #repositories: Buffer[] = [];
  /** Folders without listed files: ignored, empty, or with only ignored content. */
  #unknown: Buffer[] = [];
  /**
   * Git does not list pipes, sockets and devices. Those that it does not ignore are skipped with a note when they are
   * read.
   */
  readonly #special: Buffer[] = [];
  readonly #request: AskRequest;

  constructor(request: AskRequest, listed: readonly Buffer[]) {
    this.#request = request;
    for (const bytes of listed) {
      const text = bytes.toString('latin1');
      const name = text.endsWith('/') ? text.slice(0, -1) : text;
      this.#files.add(name);
      for (let end = name.lastIndexOf('/'); end !== -1; end = name.lastIndexOf('/', end - 1)) {
        const folder = name.slice(0, end);
        if (this.#folders.has(folder)) break;
        this.#folders.add(folder);
      }
    }
  }

  async done(): Promise<GitFiles> {
    const { folder, signal } = this.#request;
    const names = await listTree(Buffer.from(folder), signal, (name, kind) => !this.#takes(name, kind));
    while (this.#unknown.length > 0) {
      const asked = this.#unknown;
      this.#unknown = [];
      for (const empty of await this.#notIgnored(asked)) {
        names.push(empty);
        await this.#lookInto(empty);
      }
    }
    names.push(...(await this.#notIgnored(this.#special)));
    return { status: 'listed', names, repositories: this.#repositories };
  }

  #takes(name: Buffer, kind: ListedKind): boolean {
    if (kind === 'folder') return this.#takesFolder(name);
    if (this.#files.has(name.toString('latin1'))) return true;
    if (kind === 'special') this.#special.push(name);
    return false;
  }

  #takesFolder(name: Buffer): boolean {
    const text = name.toString('latin1');
    if (text === '.git' || text.endsWith('/.git')) return false;
    if (this.#folders.has(text)) return true;
    if (this.#files.has(text)) this.#repositories.push(Buffer.from(name));
    else this.#unknown.push(name);
    return false;
  }

  async #lookInto(folder: Buffer): Promise<void> {
    await listTree(joined(Buffer.from(this.#request.folder), folder), this.#request.signal, (name, kind) => {
      if (kind === 'folder') this.#unknown.push(joined(folder, name));
      if (kind === 'special') this.#special.push(joined(folder, name));
      return true;
    });
  }

  async #notIgnored(asked: readonly Buffer[]): Promise<Buffer[]> {
    if (asked.length === 0) return [];
    const input = Buffer.concat(asked.flatMap((name) => [name, Buffer.of(0)]));
    const answer = await askGit({ ...callOf(this.#request), arguments: ['check-ignore', '-z', '--stdin'], input });
    if (answer === undefined || answer.code > 1) return [];
    const ignored = new Set(splitZero(answer.stdout).map((name) => name.toString('latin1')));
    return asked.filter((name) => !ignored.has(name.toString('latin1')));
  }
}
