/**
 * Applies Git's ignore rules without Git: the `.gitignore` files from the top of the work tree down, and
 * `info/exclude`. Excludes tracked files that a rule matches, because only Git knows which files are tracked. Does not
 * read the user's own excludes file. Also applies to trees without a repository.
 */
import fs from 'node:fs';
import path from 'node:path';
import { readText, type GitLayout } from '../git/git-layout.ts';
import { parseIgnoreRules, type IgnoreRules } from './ignore-rules.ts';

interface Rules {
  /** The length of the folder's path from the top, including the slash. */
  readonly depth: number;
  readonly rules: IgnoreRules;
}

/**
 * @returns a function that reports whether a name below the folder is ignored; call it from the top down, and not
 * inside ignored folders
 */
export function ignoredByRules(
  folder: string,
  layout: GitLayout | undefined,
): (name: Buffer, isFolder: boolean) => boolean {
  const top = layout?.workTree ?? folder;
  const base = Buffer.from(path.relative(top, folder).split(path.sep).join('/')).toString('latin1');
  const files = new RuleFiles(top);
  const exclude = layout === undefined ? undefined : readText(path.join(layout.commonDir, 'info/exclude'), 'latin1');
  const last: Rules[] = exclude === undefined ? [] : [{ depth: 0, rules: parseIgnoreRules(exclude) }];
  return (name, isFolder) => {
    const fromTop = (base === '' ? '' : `${base}/`) + name.toString('latin1');
    for (const { depth, rules } of [...files.above(fromTop), ...last]) {
      const verdict = rules.verdict(fromTop.slice(depth), isFolder);
      if (verdict !== undefined) return verdict === 'ignored';
    }
    return false;
  };
}

/** Paths have one character for each byte. */
class RuleFiles {
  readonly #byFolder = new Map<string, readonly Rules[]>();
  readonly #top: string;

  constructor(top: string) {
    this.#top = top;
  }

  /** Returns the rules of the folders of a path, the nearest first. */
  above(name: string): readonly Rules[] {
    const end = name.lastIndexOf('/');
    return this.#of(end === -1 ? '' : name.slice(0, end));
  }

  #of(folder: string): readonly Rules[] {
    const known = this.#byFolder.get(folder);
    if (known !== undefined) return known;
    const text = readRules(path.join(this.#top, Buffer.from(folder, 'latin1').toString(), '.gitignore'));
    const depth = folder === '' ? 0 : folder.length + 1;
    const own = text === undefined ? [] : [{ depth, rules: parseIgnoreRules(text) }];
    const all = folder === '' ? own : [...own, ...this.above(folder)];
    this.#byFolder.set(folder, all);
    return all;
  }
}

/** Reads a `.gitignore`. Like Git, ignores a link. */
function readRules(file: string): string | undefined {
  return fs.lstatSync(file, { throwIfNoEntry: false })?.isFile() === true ? readText(file, 'latin1') : undefined;
}
