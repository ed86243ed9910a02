import fs from 'node:fs';
import { takeSnapshot } from '../../src/workspace/snapshot/snapshot.ts';
import type { Snapshot } from '../../src/workspace/workspace.ts';
import { extractTar } from '../../src/tar/tar-extract.ts';

const signal = new AbortController().signal;

export async function take(
  root: string,
  folderOfRun: string,
  more: { ignore?: 'git' | 'none'; environment?: Record<string, string> } = {},
): Promise<Snapshot> {
  fs.mkdirSync(folderOfRun, { recursive: true });
  return await takeSnapshot({
    root,
    folder: folderOfRun,
    ignore: more.ignore ?? 'git',
    environment: more.environment,
    signal,
  });
}

/** Returns what a step would see. */
export async function unpacked(snapshot: Snapshot, into: string): Promise<string> {
  fs.mkdirSync(into, { recursive: true });
  await extractTar(snapshot.open(undefined, signal), into, signal);
  return into;
}

/** Selects `.git` and everything below it. */
export const inGit = (name: string): boolean => name === '.git' || name.endsWith('/.git');
