import { readdir, readFile } from 'node:fs/promises';

/**
 * Reports whether a process of this machine has this text in its command line. Containers of local engines and clusters
 * are such processes.
 */
export async function isRunning(command: string): Promise<boolean> {
  for (const pid of (await readdir('/proc')).filter((each) => /^\d+$/.test(each))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.replaceAll('\0', ' ').includes(command)) return true;
  }
  return false;
}
