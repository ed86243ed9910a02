import { spawn, spawnSync } from 'node:child_process';
import type { Readable } from 'node:stream';
import { readRest } from './read-rest.ts';

export interface ProgramRequest {
  readonly argv: readonly [program: string, ...args: string[]];
  readonly cwd?: string;
  /** Absent: the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Buffer;
  readonly signal: AbortSignal;
  /** The timeout in milliseconds. Absent: none. */
  readonly timeoutMs?: number;
}

export interface ProgramEnd {
  /** Absent if a signal ended the program, for example at its timeout. */
  readonly code?: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/**
 * Runs a program and returns its output. Ends when the program itself ends: a process that it leaves behind may keep
 * the pipes open. Rejects with the system's error if it cannot start, and with an `AbortError`.
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
    // A program that ends without reading all input closes the pipe. Its exit code says why.
    child.stdin.on('error', () => undefined).end(input);
    child.once('error', reject);
    child.once('exit', (code) => resolve({ ...(code !== null && { code }), stdout: stdout(), stderr: stderr() }));
  });
}

/**
 * Runs a program to its end and returns its output, for callers that cannot wait. Throws the system's error if it cannot start.
 * It is killed at its timeout.
 */
export function runProgramSync({
  argv: [program, ...args],
  cwd,
  env,
  timeoutMs,
}: Omit<ProgramRequest, 'signal' | 'input'>): ProgramEnd {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 16 * 2 ** 20,
    killSignal: 'SIGKILL',
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env: { ...env } }),
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
  });
  if (error && status === null && (error as NodeJS.ErrnoException).code !== 'ETIMEDOUT') throw error;
  return { ...(status !== null && { code: status }), stdout, stderr };
}

/** @returns a function that stops collecting and returns everything */
function collect(stream: Readable): () => Buffer {
  const parts: Buffer[] = [];
  stream.on('data', (bytes: Buffer) => void parts.push(bytes));
  stream.on('error', () => undefined);
  return () => {
    // Bytes in the stream's own buffer go to its listener.
    while (stream.read() !== null);
    parts.push(...readRest(stream));
    stream.destroy();
    return Buffer.concat(parts);
  };
}
