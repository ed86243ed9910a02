/**
 * Named pipes for the output of child processes. Node's own `'pipe'` is a socket pair: in a process that has one, `echo
 * x > /dev/stderr` fails with ENXIO, and CI scripts write that. With a FIFO it works as in a container.
 */
import { spawn } from 'node:child_process';
import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/** Makes FIFOs at these paths, in one go; `false` where the system has no `mkfifo`. */
export async function makeFifos(paths: readonly string[]): Promise<boolean> {
  return await new Promise((resolve) => {
    const made = spawn('mkfifo', ['-m', '600', ...paths], {
      stdio: 'ignore',
      env: { PATH: '/usr/bin:/bin:/usr/local/bin' },
    });
    made.once('error', () => resolve(false));
    made.once('exit', (code) => resolve(code === 0));
  });
}

export interface OpenFifo {
  /** Ends when every writer has closed its end. Nothing is read before somebody asks for it. */
  readonly reader: Readable;
  /** A file descriptor to hand to the child, then to be closed with `closeWriter`. */
  readonly writer: number;
  closeWriter(): void;
}

/** Opens both ends and removes the name. */
export function openFifo(path: string): OpenFifo {
  // In this order: opening to write waits for a reader, opening to read without waiting does not wait for a writer.
  const readable = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY);
  unlinkSync(path);
  return {
    reader: new Socket({ fd: readable, readable: true, writable: false }),
    writer,
    closeWriter: () => closeSync(writer),
  };
}
