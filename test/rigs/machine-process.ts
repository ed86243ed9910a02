import { readdir, readFile } from 'node:fs/promises';

/**
 * Whether a process of this machine has this in its command line. Containers of engines and clusters that run here are
 * such processes.
 */
export async function isRunning(command: string): Promise<boolean> {
  for (const pid of (await readdir('/proc')).filter((each) => /^\d+$/.test(each))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.replaceAll('\0', ' ').includes(command)) return true;
  }
  return false;
}
