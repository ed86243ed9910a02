import type { Failure } from '../../model/outcome.ts';
import { diskFull } from '../disk-full.ts';
import { EngineError, EngineLost } from './engine-error.ts';

/** The start was refused for a reason that this folder found out itself. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
  constructor(readonly failure: Failure) {
    super(failure.code);
  }
}

/** What an error on the way to a running container means for the step; `undefined` is a bug of ours. */
export function startFailure(error: unknown): Failure | undefined {
  if (error instanceof StartRefused) return error.failure;
  if (error instanceof EngineLost) return { code: 'runtime-lost', detail: error.message };
  if (!(error instanceof EngineError)) return undefined;
  return engineDiskFull(error.said) ?? { code: 'start-failed', detail: readableStartError(error.said) };
}

export function engineDiskFull(said: string): Failure | undefined {
  return diskFull(said, 'the container engine');
}

/** What the OCI runtime meant, without the row of programs that handed it on. */
export function readableStartError(said: string): string {
  const exec = /exec:? \\?"([^"\\]*)\\?": (?:stat [^:]*: )?(.*?)(?:: unknown)?$/s.exec(said);
  if (exec) return `cannot run "${exec[1]}": ${tidied(exec[2] ?? '')}`;
  const chdir = /chdir to cwd \(\\?"([^"\\]*)\\?"\).*?(?:failed|error)[^:]*: (.*?)(?:: unknown)?$/s.exec(said);
  if (chdir) return `cannot enter the working directory ${chdir[1]}: ${tidied(chdir[2] ?? '')}`;
  const last = /OCI runtime .*?failed: (.*)$/s.exec(said) ?? /failed to create (?:shim|task)[^:]*: (.*)$/s.exec(said);
  return tidied((last?.[1] ?? said).replace(/: unknown$/, ''));
}

function tidied(text: string): string {
  return text.trim().replace(/: OCI runtime attempted to invoke a command that was not found$/i, '').replace(/^executable file not found in \$PATH.*$/s, 'there is no such command in the image');
}
