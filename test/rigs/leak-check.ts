/** What tests must not leave behind, seen past the code that is tested. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Folders of the host runtime's workloads whose names contain a text, and processes that carry it in their environment. */
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

function readProc(pid: string, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
