/** Real repositories with their own HOME, independent of the user's configuration. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from './file-tree.ts';

export class GitProject implements Disposable {
  readonly #folder = temporaryFolder();
  /** The folder of everything that a test needs. `repo` is the usual repository. */
  readonly path = this.#folder.path;
  readonly repo = path.join(this.path, 'repo');
  readonly environment: Record<string, string>;

  constructor() {
    const home = path.join(this.path, 'home');
    fs.mkdirSync(home);
    this.environment = {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'A',
      GIT_AUTHOR_EMAIL: 'a@example.com',
      GIT_COMMITTER_NAME: 'A',
      GIT_COMMITTER_EMAIL: 'a@example.com',
      GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
      GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
    };
    this.git(this.path, 'init', '-q', '-b', 'main', 'repo');
  }

  git(directory: string, ...args: string[]): string {
    return execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
      cwd: directory,
      env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
      .toString()
      .trim();
  }

  write(files: Readonly<Record<string, string>>, under = this.repo): void {
    for (const [name, content] of Object.entries(files)) {
      const full = path.join(under, name);
      fs.mkdirSync(path.dirname(full), { recursive: true });
      fs.writeFileSync(full, content);
    }
  }

  commit(message: string, directory = this.repo): string {
    this.git(directory, 'add', '-A');
    this.git(directory, 'commit', '-q', '--allow-empty', '-m', message);
    return this.git(directory, 'rev-parse', 'HEAD');
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}
