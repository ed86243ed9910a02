import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { readRest } from './read-rest.ts';

export interface ProgramRequest {
  readonly argv: readonly [program: string, ...args: string[]];
  readonly cwd?: string;
  /** Absent: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Buffer;
  readonly signal: AbortSignal;
  /** After which it is killed, in milliseconds; absent: never. */
  readonly timeoutMs?: number;
}

export interface ProgramEnd {
  /** Absent where a signal ended it, as its time limit does. */
  readonly code?: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/**
 * Runs a program and returns all that it printed. That ends with the program itself: a process that it leaves behind
 * may keep the pipes open for ever, and is not waited for. Rejects with the system's error where it cannot be started,
 * and with an `AbortError`.
 */
export async function runProgram({ argv, cwd, env, input, signal, timeoutMs }: ProgramRequest): Promise<ProgramEnd> {
  const [program, ...args] = argv;
  return await new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: 'pipe',
      signal,
      ...(cwd !== undefined && { cwd }),
      ...(env !== undefined && { env: { ...env } }),
      ...(timeoutMs !== undefined && { timeout: timeoutMs, killSignal: 'SIGKILL' as const }),
    });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    // A program that ends before it has read everything closes the pipe; its exit code says why.
    child.stdin.on('error', () => undefined).end(input);
    child.once('error', reject);
    child.once('exit', (code) => resolve({ ...(code !== null && { code }), stdout: stdout(), stderr: stderr() }));
  });
}

/** @returns what ends the collection, and has all of it */
function collect(stream: Readable): () => Buffer {
  const parts: Buffer[] = [];
  stream.on('data', (bytes: Buffer) => void parts.push(bytes));
  stream.on('error', () => undefined);
  return () => {
    // What the stream itself holds goes to its listener.
    while (stream.read() !== null);
    parts.push(...readRest(stream));
    stream.destroy();
    return Buffer.concat(parts);
  };
}
