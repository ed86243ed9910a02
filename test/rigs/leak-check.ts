/** What tests must not leave behind, seen past the code that is tested. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { engineJson } from './ask-engine.ts';

/**
 * Folders of the host runtime's workloads whose names contain a text, and processes that carry it in their environment.
 */
export async function hostLeftovers(directory: string, text: string): Promise<readonly string[]> {
  const folders = existsSync(directory) ? readdirSync(directory).filter((name) => name.includes(text)) : [];
  return [...folders.map((name) => `folder ${name}`), ...processesWith(text)];
}

/** Living processes of this machine (Linux) whose environment contains a text, with their command lines. */
export function processesWith(text: string): readonly string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => (readProc(pid, 'environ') ?? '').includes(text))
    .map((pid) => `process ${pid}: ${(readProc(pid, 'cmdline') ?? '').replaceAll('\0', ' ').trim()}`);
}

/** Living processes of this machine (Linux) whose command lines are this. */
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
 * Containers, volumes and images with these labels, asked of the engine itself. @param socket path of its API's socket
 */
export async function engineLeftovers(
  socket: string,
  labels: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const filters = encodeURIComponent(
    JSON.stringify({ label: Object.entries(labels).map(([key, value]) => `${key}=${value}`) }),
  );
  const [containers, volumes, images] = await Promise.all([
    engineJson(socket, `/containers/json?all=1&filters=${filters}`) as Promise<readonly { Names: readonly string[] }[]>,
    engineJson(socket, `/volumes?filters=${filters}`) as Promise<{ Volumes: readonly { Name: string }[] | null }>,
    engineJson(socket, `/images/json?filters=${filters}`) as Promise<readonly { Id: string }[]>,
  ]);
  return [
    ...containers.map(({ Names }) => `container ${Names.join(' ')}`),
    ...(volumes.Volumes ?? []).map(({ Name }) => `volume ${Name}`),
    ...images.map(({ Id }) => `image ${Id}`),
  ];
}
