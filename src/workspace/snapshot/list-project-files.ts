import fs from 'node:fs';
import { join } from 'node:path';
import { listTree, type ListedKind } from '../../tar/tar-pack.ts';
import { reasonOf } from '../../util/file-error.ts';
import { findGit } from '../git/git-layout.ts';
import { ignoredByRules } from './select-with-rules.ts';

export interface ProjectFileNames {
  /** Files and links to any depth, sorted. Relative to the folder, with `/`. */
  readonly files: readonly string[];
  readonly folders: readonly string[];
  /** Folders that cannot be read, and why: `permission denied`. */
  readonly unreadable: readonly { readonly path: string; readonly why: string }[];
  /** Whether the tree has more files than were listed. */
  readonly isCut: boolean;
}

/** Folders with the code of others, or with what a build has made. */
const foreign = new Set(['node_modules', 'vendor', 'bower_components', '__pycache__']);

/**
 * Lists the files that people write: not what Git ignores, hidden folders, dependencies and other repositories. Follows no link.
 * Names that are not UTF-8 are left out.
 * @param folder a real path
 * @param most the largest number of names
 */
export async function listProjectFiles(folder: string, most: number, signal: AbortSignal): Promise<ProjectFileNames> {
  const isIgnored = ignoredByRules(folder, findGit(folder));
  const files: string[] = [];
  const folders: string[] = [];
  const unreadable: { path: string; why: string }[] = [];
  let isCut = false;
  const skip = (bytes: Buffer, kind: ListedKind): boolean => {
    const name = bytes.toString();
    if (files.length + folders.length >= most) return (isCut = true);
    const own = name.slice(name.lastIndexOf('/') + 1);
    if (kind === 'special' || name.includes('\ufffd')) return true;
    if (kind === 'folder' && (own.startsWith('.') || foreign.has(own))) return true;
    if (isIgnored(bytes, kind === 'folder')) return true;
    const why = kind === 'folder' ? whyUnreadable(join(folder, name)) : undefined;
    if (why !== undefined) {
      unreadable.push({ path: name, why });
      return true;
    }
    (kind === 'folder' ? folders : files).push(name);
    return false;
  };
  await listTree(Buffer.from(folder), signal, skip);
  return { files: files.sort(byText), folders: folders.sort(byText), unreadable, isCut };
}

/** Reports a folder that is closed to this user, or whose files have paths that are too long for the system. */
function whyUnreadable(folder: string): string | undefined {
  try {
    fs.accessSync(folder, fs.constants.R_OK | fs.constants.X_OK);
    // The rules of Git are read from here. Longer names of files fail one by one.
    fs.lstatSync(join(folder, '.gitignore'), { throwIfNoEntry: false });
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENAMETOOLONG') return 'its path is too long';
    return error instanceof Error ? reasonOf(error) : String(error);
  }
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
