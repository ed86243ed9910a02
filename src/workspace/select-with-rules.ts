/**
 * Git's ignore rules without Git: the `.gitignore` files from the top of the work tree down, and `info/exclude`. A tracked
 * file that a rule matches is left out, since only Git knows what is tracked; the user's own excludes file is not read.
 * A tree without any repository is treated alike: what its `.gitignore` names is not worth copying there either.
 */
import fs from 'node:fs';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { readText, type GitLayout } from './git-layout.ts';

interface Rules {
  /** Length of the folder's path from the top, with its slash. */
  readonly depth: number;
  readonly rules: Ignore;
}

/** @returns whether a name below the folder is ignored; to be asked from the top down, and not for what is in ignored folders. */
export function ignoredByRules(folder: string, layout: GitLayout | undefined): (name: Buffer, isFolder: boolean) => boolean {
  const top = layout?.workTree ?? folder;
  const base = path.relative(top, folder).split(path.sep).join('/');
  const files = new RuleFiles(top);
  const exclude = layout === undefined ? undefined : readText(path.join(layout.commonDir, 'info/exclude'));
  const last: Rules[] = exclude === undefined ? [] : [{ depth: 0, rules: rulesOf(exclude) }];
  return (name, isFolder) => {
    const fromTop = (base === '' ? '' : `${base}/`) + name.toString();
    const subject = isFolder ? `${fromTop}/` : fromTop;
    for (const { depth, rules } of [...files.above(fromTop), ...last]) {
      const verdict = rules.test(subject.slice(depth));
      if (verdict.ignored) return true;
      if (verdict.unignored) return false;
    }
    return false;
  };
}

class RuleFiles {
  private readonly byFolder = new Map<string, readonly Rules[]>();

  constructor(private readonly top: string) {}

  /** Of the folders that a path lies in, the nearest first. */
  above(name: string): readonly Rules[] {
    const end = name.lastIndexOf('/');
    return this.of(end === -1 ? '' : name.slice(0, end));
  }

  private of(folder: string): readonly Rules[] {
    const known = this.byFolder.get(folder);
    if (known !== undefined) return known;
    const text = readRules(path.join(this.top, folder, '.gitignore'));
    const own = text === undefined ? [] : [{ depth: folder === '' ? 0 : folder.length + 1, rules: rulesOf(text) }];
    const all = folder === '' ? own : [...own, ...this.above(folder)];
    this.byFolder.set(folder, all);
    return all;
  }
}

/** Git does not follow a `.gitignore` that is a link. */
function readRules(file: string): string | undefined {
  return fs.lstatSync(file, { throwIfNoEntry: false })?.isFile() === true ? fs.readFileSync(file, 'utf8') : undefined;
}

function rulesOf(text: string): Ignore {
  return ignore({ ignorecase: false }).add(text);
}
