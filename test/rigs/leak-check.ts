/** Finds what tests must not leave behind, independent of the tested code. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { engineObjects } from './ask-engine.ts';

/**
 * Returns folders of the host runtime's workloads whose names contain a text, and processes with the text in their
 * environment.
 */
export async function hostLeftovers(directory: string, text: string): Promise<readonly string[]> {
  const folders = existsSync(directory) ? readdirSync(directory).filter((name) => name.includes(text)) : [];
  return [...folders.map((name) => `folder ${name}`), ...processesWith(text)];
}

/** Returns the live processes of this machine (Linux) whose environment contains a text, with their command lines. */
export function processesWith(text: string): readonly string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => (readProc(pid, 'environ') ?? '').includes(text))
    .map((pid) => `process ${pid}: ${(readProc(pid, 'cmdline') ?? '').replaceAll('\0', ' ').trim()}`);
}

/** Returns the live processes of this machine (Linux) with this command line. */
export function processesCalled(commandLine: string): readonly string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => readProc(pid, 'cmdline')?.replaceAll('\0', ' ').trim() === commandLine);
}

function readProc(pid: string, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Asks the engine for containers, volumes and images with these labels.
 * @param socket the path of its API socket
 */
export async function engineLeftovers(
  socket: string,
  labels: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const { containers, volumes, images } = await engineObjects(socket, labels);
  return [
    ...containers.map(({ Names }) => `container ${Names.join(' ')}`),
    ...volumes.map(({ Name }) => `volume ${Name}`),
    ...images.map(({ Id }) => `image ${Id}`),
  ];
}
