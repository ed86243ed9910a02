import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { processesWith } from './leak-check.ts';

const run = promisify(execFile);

/** The content of a file, with `mode` (such as 0o755) if it matters. */
export type ProjectFile = string | Uint8Array | { readonly content: string | Uint8Array; readonly mode: number };

/** A project in its own folder with its own user. Nothing of the machine's user is read or written. */
export interface ProjectDir extends AsyncDisposable {
  readonly path: string;
  /** Only HOME, XDG folders, TMPDIR and PATH. */
  readonly env: Readonly<Record<string, string>>;
  write(files: Readonly<Record<string, ProjectFile>>): Promise<void>;
  read(path: string): Promise<string>;
  git(...args: readonly string[]): Promise<string>;
  /** Returns what was left behind: temporary files, and running processes that were started with `env`. */
  leftovers(): Promise<readonly string[]>;
}

/**
 * @param git makes it a repository with one commit of these files
 */
export async function projectDir(
  files: Readonly<Record<string, ProjectFile>>,
  { git = false } = {},
): Promise<ProjectDir> {
  const root = await mkdtemp(join(tmpdir(), 'slipway-project-'));
  const project = new Project(root);
  await project.prepare();
  await project.write(files);
  if (git) await project.commitAll();
  return project;
}

class Project implements ProjectDir {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
    this.path = join(root, 'project');
    const home = join(root, 'home');
    this.env = {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      XDG_CONFIG_HOME: join(home, '.config'),
      XDG_CACHE_HOME: join(home, '.cache'),
      XDG_DATA_HOME: join(home, '.local/share'),
      XDG_STATE_HOME: join(home, '.local/state'),
      TMPDIR: join(root, 'tmp'),
      GIT_CONFIG_NOSYSTEM: '1',
    };
  }

  async prepare(): Promise<void> {
    for (const folder of [this.path, this.env['HOME'] ?? '', this.env['TMPDIR'] ?? ''])
      await mkdir(folder, { recursive: true });
    await writeFile(
      join(this.env['HOME'] ?? '', '.gitconfig'),
      '[user]\n\tname = A User\n\temail = user@example.com\n[init]\n\tdefaultBranch = main\n',
    );
  }

  async write(files: Readonly<Record<string, ProjectFile>>): Promise<void> {
    for (const [path, file] of Object.entries(files)) {
      const { content, mode } = typeof file === 'object' && 'content' in file ? file : { content: file, mode: 0o644 };
      await mkdir(dirname(join(this.path, path)), { recursive: true });
      await writeFile(join(this.path, path), content, { mode });
    }
  }

  async read(path: string): Promise<string> {
    return await readFile(join(this.path, path), 'utf8');
  }

  async git(...args: readonly string[]): Promise<string> {
    return (await run('git', [...args], { cwd: this.path, env: this.env })).stdout.trim();
  }

  async commitAll(): Promise<void> {
    await this.git('init', '--quiet');
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--allow-empty', '--message', 'The beginning');
  }

  async leftovers(): Promise<readonly string[]> {
    const files = await readdir(this.env['TMPDIR'] ?? '');
    return [...files.map((name) => `temporary file ${name}`), ...processesWith(this.#root)];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#root, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}
