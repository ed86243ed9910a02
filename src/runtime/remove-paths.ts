import { posix } from 'node:path';
import type { Failure } from '../model/outcome.ts';
import { shellWord } from '../util/shell-word.ts';
import type { ExecIo, Exit } from './container-io.ts';
import { RuntimeRefused } from './runtime-refused.ts';

/** Paths of one `rm`. Below the limit of arguments on every system. */
const mostBytes = 32 * 1024;

/** The exit codes of shells and engines for a program that cannot be run. */
const cannotRun: readonly number[] = [126, 127];
const longestMessage = 2_000;

/** Deletes paths by one command in a container. See `Files.remove`. */
export async function removePaths(
  exec: (argv: readonly string[], io: ExecIo) => Promise<Exit>,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const script = Buffer.from(removalScript(paths));
  if (paths.length === 0) return;
  let said = '';
  const stderr = (bytes: Uint8Array) => void (said = (said + Buffer.from(bytes).toString()).slice(0, longestMessage));
  const stdin = (async function* () {
    yield script;
  })();
  const exit = await exec(['sh', '-s'], { stdin, stderr, signal });
  if ('failure' in exit) throw refused(exit.failure);
  if (exit.code === 0) return;
  const detail = cannotRun.includes(exit.code)
    ? 'cannot delete files in the container: its image has no `sh`'
    : `cannot delete files in the container: ${said.trim() || `exit code ${exit.code}`}`;
  throw refused({ code: 'unsupported', detail });
}

function refused(failure: Failure): RuntimeRefused {
  return new RuntimeRefused(failure, new Error('detail' in failure ? failure.detail : failure.code));
}

/**
 * Returns a script that deletes these paths, for the input of a shell: an argument list has limits, and on clusters a
 * URL carries it. The script ends the shell, even if its input stays open. The exit code is 1 if a path could not be
 * deleted. Throws for a path that is not absolute, and for `/`.
 */
export function removalScript(paths: readonly string[]): string {
  const commands: string[] = [];
  let words: string[] = [];
  let bytes = 0;
  const flush = () => {
    if (words.length > 0) commands.push(`rm -rf -- ${words.join(' ')} || failed=1\n`);
    [words, bytes] = [[], 0];
  };
  for (const path of paths) {
    const word = shellWord(checkedPath(path));
    if (bytes + word.length > mostBytes) flush();
    words.push(word);
    bytes += word.length + 1;
  }
  flush();
  return `failed=0\n${commands.join('')}exit $failed\n`;
}

/** Returns the path without needless parts. */
export function checkedPath(path: string): string {
  const clean = posix.normalize(path).replace(/(.)\/$/, '$1');
  if (!path.startsWith('/') || clean === '/' || path.includes('\0'))
    throw new Error(`cannot delete ${JSON.stringify(path)} in a container: it must be an absolute path below /`);
  return clean;
}
