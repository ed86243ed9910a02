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
  /** Absent: that of this process, in which a Git hook may have left what points elsewhere. */
  readonly environment?: Environment | undefined;
  readonly signal: AbortSignal;
}

/** What Git sets for its hooks: the work tree that we ask about would not be the one that answers. */
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
 * Asks Git. `undefined`: there is none. Takes no locks and starts nothing that the repository's configuration names.
 * Throws the signal's reason.
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

/** The parts of output whose parts end with a zero byte. */
export function splitZero(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0, end = bytes.indexOf(0); end !== -1; at = end + 1, end = bytes.indexOf(0, at))
    parts.push(bytes.subarray(at, end));
  return parts;
}
