import type { ExecIo } from './container-io.ts';
import type { Terminal } from './runtime.ts';

/** Returns the streams of a command that gets no pseudo terminal: the user's terminal receives both outputs. */
export function ioOfTerminal(terminal: Terminal): ExecIo {
  const write = (bytes: Uint8Array) => terminal.write(bytes);
  return { stdin: terminal.input, stdout: write, stderr: write, signal: terminal.signal };
}
