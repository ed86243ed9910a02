/**
 * Named pipes for the output of child processes. Node's own `'pipe'` is a socket pair: there `echo x > /dev/stderr`,
 * which CI scripts use, fails with ENXIO. With a FIFO it works as in a container.
 */
import { spawn } from 'node:child_process';
import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/** Creates FIFOs at these paths with one command. Returns `false` if the system has no `mkfifo`. */
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
  /** Ends when every writer has closed its end. Reads nothing before it is asked to. */
  readonly reader: Readable;
  /** The file descriptor for the child. Close it with `closeWriter` afterwards. */
  readonly writer: number;
  closeWriter(): void;
}

/** Opens both ends and removes the name. */
export function openFifo(path: string): OpenFifo {
  // The order matters: opening for writing blocks until there is a reader. Opening for reading with O_NONBLOCK does not
  // block.
  const readable = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY);
  unlinkSync(path);
  return {
    reader: new Socket({ fd: readable, readable: true, writable: false }),
    writer,
    closeWriter: () => closeSync(writer),
  };
}
