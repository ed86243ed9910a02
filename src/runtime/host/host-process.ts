import type { ConfirmOwner } from '../../model/ownership.ts';
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../../model/clock.ts';
import type { OpenFifo } from '../../util/fifo.ts';
import { identifyProcess, type ProcessIdentity } from '../../util/process-identity.ts';
import { membersOf, signalGroup, signalProcess } from '../../util/session.ts';
import type { KnownProcesses, ProcessMark, SessionLeader } from '../../util/session.ts';

export interface ProcessRequest {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Finds processes that left the session. */
  readonly mark: ProcessMark;
  /** An open file that only carries the mark. */
  readonly marker: number;
  readonly input: 'none' | 'pipe';
  /** The targets of both streams. Absent: Node's pipes. */
  readonly fifos?: { readonly stdout: OpenFifo; readonly stderr: OpenFifo };
}

export type Spawned = { readonly child: HostProcess } | { readonly refused: string };

/** Shared by all processes of a runtime. */
export interface ProcessContext {
  readonly clock: Clock;
  readonly self: ProcessIdentity;
  /** Called before anything is started, signalled or removed. Absent: no other process can own the workloads. */
  readonly confirm?: ConfirmOwner;
}

/**
 * The descriptor of a command's marker. Scripts use numbers below 10, and `sh` cannot redirect higher ones. Shells that
 * choose numbers themselves take free ones.
 */
const markerNumber = 60;

/** Starts a command in its own session, without a terminal. */
export async function startProcess(request: ProcessRequest, around: ProcessContext): Promise<Spawned> {
  const [command = '', ...rest] = request.argv;
  const { fifos } = request;
  const output = fifos ? [fifos.stdout.writer, fifos.stderr.writer] : (['pipe', 'pipe'] as const);
  const stdio: StdioOptions = [request.input === 'pipe' ? 'pipe' : 'ignore', ...output];
  while (stdio.length < markerNumber) stdio.push('ignore');
  stdio.push(request.marker);
  let child: ChildProcess;
  try {
    child = spawn(command, rest, { cwd: request.cwd, env: { ...request.env }, detached: true, stdio });
  } catch (error) {
    // Node throws some errors instead of emitting them: an empty command, a NUL in an argument, E2BIG.
    return { refused: isTooLarge(error) ? tooLarge : error instanceof Error ? error.message : String(error) };
  } finally {
    fifos?.stdout.closeWriter();
    fifos?.stderr.closeWriter();
  }
  const stdout = fifos?.stdout.reader ?? child.stdout;
  const stderr = fifos?.stderr.reader ?? child.stderr;
  const { pid } = child;
  if (pid === undefined || !stdout || !stderr) {
    const error = await new Promise<Error>((resolve) => child.once('error', resolve));
    stdout?.destroy();
    stderr?.destroy();
    return { refused: spawnMessage(error, command, request.cwd) };
  }
  return { child: new HostProcess(child, pid, stdout, stderr, request.mark, around) };
}

const tooLarge = 'argument list too long: shorten the environment variables of the step, or move them to a file';

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'E2BIG';
}

function spawnMessage(error: NodeJS.ErrnoException, command: string, cwd: string): string {
  if (error.code === 'ENOENT') return `${command}: no such command (searched in ${cwd} and in PATH)`;
  if (error.code === 'EACCES') return `${command}: not executable`;
  return `${command}: ${error.message}`;
}

export interface ProcessEnd {
  /** 128 plus the signal's number if a signal ended it, as in shells. */
  readonly code: number;
  readonly signal?: string;
  readonly at: number;
}

/** A running command and everything that it has started. */
export class HostProcess {
  readonly identity: ProcessIdentity;
  /** Resolves as soon as the command itself has ended. The rest of its process group has been killed by then. */
  readonly ended: Promise<ProcessEnd>;
  readonly stdin: Writable | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly #mark: ProcessMark;
  readonly #known: KnownProcesses = new Map();
  readonly #clock: Clock;
  #over = false;

  constructor(
    child: ChildProcess,
    pid: number,
    stdout: Readable,
    stderr: Readable,
    mark: ProcessMark,
    around: ProcessContext,
  ) {
    // A child that has ended stays a zombie until Node has reaped it. It cannot be identified, and need not be.
    this.identity = identifyProcess(pid, around.self) ?? { ...around.self, pid, startTime: '' };
    this.stdin = child.stdin ?? undefined;
    this.stdin?.on('error', () => undefined);
    this.stdout = stdout;
    this.stderr = stderr;
    this.#mark = mark;
    this.#clock = around.clock;
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#over = true;
        const at = around.clock.now();
        void this.#members().then(() => {
          signalGroup(pid, 'SIGKILL');
          resolve(signal === null ? { code: code ?? 0, at } : { code: 128 + constants.signals[signal], signal, at });
        });
      });
    });
  }

  get over(): boolean {
    return this.#over;
  }

  /** Sends SIGTERM to everything in the session. */
  async terminate(): Promise<void> {
    const members = await this.#members();
    signalGroup(this.identity.pid, 'SIGTERM');
    // Jobs of an interactive shell have process groups of their own in the same session.
    for (const pid of members) if (pid !== this.identity.pid) signalProcess(pid, 'SIGTERM');
  }

  /** Kills the command and everything that it left. Resolves when no process runs. */
  async kill(): Promise<void> {
    await this.#members();
    if (!this.#over) signalGroup(this.identity.pid, 'SIGKILL');
    await killAll(this.#leader, true, this.#known, this.#clock);
  }

  get #leader(): SessionLeader {
    return { ...this.identity, mark: this.#mark };
  }

  /** Lists the members before anything is killed: a killed parent's children can no longer be found. */
  async #members(): Promise<readonly number[]> {
    return await membersOf(this.#leader, true, this.#known);
  }
}

const pollMs = 5;
const killPolls = 2_000;

/**
 * Kills until no process is left. Does not wait for processes of other users, which cannot be killed. Gives up after 10
 * s on a killed process that is stuck in the kernel: it runs no more code.
 */
export async function killAll(
  leader: SessionLeader,
  trusted: boolean,
  known: KnownProcesses,
  clock: Clock,
): Promise<void> {
  for (let poll = 0; poll < killPolls; poll++) {
    const members = await membersOf(leader, trusted, known);
    if (members.filter((pid) => signalProcess(pid, 'SIGKILL')).length === 0) return;
    await clock.sleep(pollMs);
  }
}
