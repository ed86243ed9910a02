import { runProgram } from '../../util/run-program.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface GitAnswer {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface GitCall {
  readonly directory: string;
  readonly arguments: readonly string[];
  readonly input?: Buffer;
  /** Absent: the environment of this process. A Git hook may have set variables in it that point elsewhere. */
  readonly environment?: Environment | undefined;
  readonly signal: AbortSignal;
}

/** Variables that Git sets for its hooks. They would select another work tree. */
const misleading = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_PREFIX',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_NAMESPACE',
];

/**
 * Runs Git. Returns `undefined` if Git is not installed. Takes no locks, and starts nothing that the repository's
 * configuration names. Throws the signal's reason.
 */
export async function askGit(call: GitCall): Promise<GitAnswer | undefined> {
  call.signal.throwIfAborted();
  const environment = call.environment && {
    ...call.environment,
    ...Object.fromEntries(misleading.map((name) => [name, undefined])),
  };
  try {
    const { code, stdout, stderr } = await runProgram({
      argv: ['git', '--no-optional-locks', '-c', 'core.fsmonitor=false', ...call.arguments],
      cwd: call.directory,
      signal: call.signal,
      ...(environment !== undefined && { env: environment }),
      ...(call.input !== undefined && { input: call.input }),
    });
    return { code: code ?? -1, stdout, stderr: stderr.toString().trim() };
  } catch (error) {
    call.signal.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Splits output at NUL bytes. */
export function splitZero(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0, end = bytes.indexOf(0); end !== -1; at = end + 1, end = bytes.indexOf(0, at))
    parts.push(bytes.subarray(at, end));
  return parts;
}
