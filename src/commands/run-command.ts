import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { cancelledBy, failed, succeeded, type Outcome } from '../model/outcome.ts';
import type { Stream, Work } from '../model/work.ts';
import { onAbort, orAborted } from '../util/abort.ts';
import { signalGroup } from '../util/session.ts';
import { settlesWithin } from '../util/settles-within.ts';

/** A program of this machine that works for a step. No shell reads its command line. */
export interface StepCommand {
  readonly argv: readonly [program: string, ...args: string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How to install the program, for the failure that says that it is missing. */
  readonly install?: string;
}

/** How long a cancelled command may take to end. */
const graceMs = 5_000;
/** How long the output of killed processes may take to end. */
const restMs = 1_000;

/**
 * Runs a command to its end and forwards its output, that of processes in the background too. A cancelled command ends with
 * all processes of its group. A process that left the group may go on, but its output is not awaited. Failures:
 * `exit-nonzero`, `start-failed`.
 */
export async function runCommand(command: StepCommand, work: Work): Promise<Outcome> {
  const record = await work.commands?.begin();
  if (work.signal.aborted) return cancelledBy(work.signal);
  const [program, ...args] = command.argv;
  const child = spawn(program, args, {
    cwd: command.cwd,
    env: { ...command.env, ...(record && { [record.variable.name]: record.variable.value }) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that a cancelled command ends with all that it has started.
    detached: true,
  });
  const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null } | Error>((resolve) => {
    child.once('error', resolve);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const { pid } = child;
  if (pid !== undefined) record?.started(pid);
  const ended = new AbortController();
  const killed = new AbortController();
  using _stopping = onAbort(work.signal, () => {
    if (pid === undefined) return;
    signalGroup(pid, 'SIGTERM');
    work.clock.sleep(graceMs, ended.signal).then(
      () => {
        signalGroup(pid, 'SIGKILL');
        killed.abort();
      },
      () => undefined,
    );
  });
  const pipes = [child.stdout, child.stderr] as const;
  const reading = Promise.all([
    forward(pipes[0], 'stdout', work, killed.signal),
    forward(pipes[1], 'stderr', work, killed.signal),
  ]);
  const end = await exit;
  // A process that the command leaves behind may keep the pipes open.
  if (work.signal.aborted && pid !== undefined) signalGroup(pid, 'SIGKILL');
  // One in another session or group gets no signal.
  if (!(await endsBefore(reading, killed.signal)) && !(await settlesWithin(reading, restMs, work.clock)))
    for (const pipe of pipes) pipe.destroy();
  ended.abort();
  if (work.signal.aborted) return cancelledBy(work.signal);
  if (end instanceof Error) return failed({ code: 'start-failed', detail: startProblem(command, end) });
  if (end.code === 0) return succeeded(undefined);
  return failed({ code: 'exit-nonzero', exitCode: end.code ?? 128, ...(end.signal && { signal: end.signal }) });
}

/** Says why a command did not start. The system reports a missing folder and a missing program alike. */
export function startProblem({ argv: [program], cwd, install }: StepCommand, error: NodeJS.ErrnoException): string {
  if (error.code === 'EACCES') return `${program} is not executable: run chmod +x ${program}`;
  if (error.code !== 'ENOENT') return `cannot start ${program}: ${error.message}`;
  if (!existsSync(cwd)) return `the folder ${cwd} does not exist`;
  return [
    `${program} is not installed, or not on the PATH`,
    ...(install === undefined ? [] : [`to install it: ${install}`]),
  ].join('\n');
}

/** Forwards a stream to its end. It may be destroyed once the signal is aborted. */
async function forward(stream: Readable, name: Stream, work: Work, mayEnd: AbortSignal): Promise<void> {
  try {
    for await (const bytes of stream as AsyncIterable<Uint8Array>) await work.output.write(name, bytes);
  } catch (error) {
    if (!mayEnd.aborted || !stream.destroyed) throw error;
  }
}

/** Reports whether a promise was fulfilled before the signal was aborted. */
async function endsBefore(promise: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  const done = promise.then(() => true);
  try {
    return await orAborted(done, signal);
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
