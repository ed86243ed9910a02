import type { Failure, StartCause } from '../model/outcome.ts';

/** Returns the failure for a start that an engine or node refused with this message. */
export function startFailed(said: string): Failure {
  const cause = startCause(said);
  return { code: 'start-failed', detail: readableStartError(said), ...(cause && { cause }) };
}

/** Reports whether the node could not start a container that it had created. */
export function isStartError(said: string): boolean {
  return /OCI runtime|runc create failed|failed to create (containerd|shim) task/.test(said);
}

/** Messages of Docker, Podman, runc and crun. The first match decides. */
const causes: readonly (readonly [RegExp, StartCause])[] = [
  [
    /minimum memory limit|unable to set memory limit|memory limit too low|`?memory\.(max|limit_in_bytes)/i,
    'memory-limit',
  ],
  [/unable to find (user|group)|no matching entries in (passwd|group) file/i, 'no-user'],
  [/chdir to cwd|(workdir|mkdir:) .* is not a directory/i, 'working-directory'],
  [/exec format error/i, 'wrong-platform'],
  [/executable file .*not found|command that was not found|exec: .*no such file or directory/i, 'no-program'],
  [/exec: .*permission denied|OCI permission denied|open executable: permission denied/i, 'not-executable'],
  [/failed to create endpoint|could not find bridge|netavark|plugin type="\w+" failed|\bCNI\b/i, 'network'],
  [/network \S+ not found|unable to find network/i, 'network'],
];

/** Returns the cause that the message names; `undefined` if it is unknown. */
export function startCause(said: string): StartCause | undefined {
  return causes.find(([words]) => words.test(said))?.[1];
}

/**
 * Returns the OCI runtime's reason for a command that could not start, without the prefixes of the programs that passed
 * it on.
 */
export function readableStartError(said: string): string {
  const exec = /exec:? \\?"([^"\\]*)\\?": (?:stat [^:]*: )?(.*?)(?:: unknown)?$/s.exec(said);
  if (exec) return `cannot run "${exec[1]}": ${tidied(exec[2] ?? '')}`;
  const chdir = /chdir to cwd \(\\?"([^"\\]*)\\?"\).*?(?:failed|error)[^:]*: (.*?)(?:: unknown)?$/s.exec(said);
  if (chdir) return `cannot enter the working directory ${chdir[1]}: ${tidied(chdir[2] ?? '')}`;
  const last = /OCI runtime .*?failed: (.*)$/s.exec(said) ?? /failed to create (?:shim|task)[^:]*: (.*)$/s.exec(said);
  return tidied((last?.[1] ?? said).replace(/: unknown$/, ''));
}

function tidied(text: string): string {
  return text
    .trim()
    .replace(/: OCI runtime attempted to invoke a command that was not found$/i, '')
    .replace(/^executable file not found in \$PATH.*$/s, 'the image has no such command');
}
