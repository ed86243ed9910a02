/**
 * The rules of one `.gitignore` (gitignore(5)). Texts and paths have one character for each byte, because Git compares
 * bytes.
 */
import { appendGlob } from '../../util/glob/append-glob.ts';
import type { GlobSyntax } from '../../util/glob/glob-tokens.ts';
import { PatternBuilder } from '../../util/glob/pattern-builder.ts';
import type { Pattern } from '../../util/glob/pattern.ts';

interface Rule {
  /** Whether the rule starts with `!`. */
  readonly keeps: boolean;
  readonly onlyFolders: boolean;
  /** Whether the rule has no slash. It then matches names in any folder. */
  readonly onlyName: boolean;
  readonly pattern: Pattern;
}

export interface IgnoreRules {
  /**
   * Returns the result of the last matching rule, or `undefined`. Ignores rules for parent folders: callers go from the
   * top down and skip ignored folders.
   * @param path relative to the folder of the file
   */
  verdict(path: string, isFolder: boolean): 'ignored' | 'kept' | undefined;
}

export function parseIgnoreRules(text: string): IgnoreRules {
  const rules = text
    .replace(/^\xef\xbb\xbf/, '')
    .split('\n')
    .flatMap((line) => parseRule(line) ?? [])
    .reverse();
  return {
    verdict(path, isFolder) {
      const name = `/${path.slice(path.lastIndexOf('/') + 1)}`;
      const whole = `/${path}`;
      const rule = rules.find(
        ({ onlyFolders, onlyName, pattern }) => (isFolder || !onlyFolders) && pattern.matches(onlyName ? name : whole),
      );
      return rule === undefined ? undefined : rule.keeps ? 'kept' : 'ignored';
    },
  };
}

const syntax: GlobSyntax = { braces: false, unfinished: 'nothing', normalized: false };

function parseRule(line: string): Rule | undefined {
  if (line.startsWith('#')) return undefined;
  const text = withoutSpacesAtEnd(line.replace(/\r$/, ''));
  const keeps = text.startsWith('!');
  const rule = keeps ? text.slice(1) : text;
  const onlyFolders = rule.endsWith('/');
  const glob = onlyFolders ? rule.slice(0, -1) : rule;
  if (glob === '') return undefined;
  const builder = new PatternBuilder();
  appendGlob(builder, glob.replace(/^\//, ''), 'file', syntax);
  return { keeps, onlyFolders, onlyName: !glob.includes('/'), pattern: builder.build() };
}

/** Keeps an escaped space. */
function withoutSpacesAtEnd(text: string): string {
  let end = text.length;
  while (text[end - 1] === ' ') end--;
  if (end === text.length) return text;
  let escapes = 0;
  while (text[end - 1 - escapes] === '\\') escapes++;
  return text.slice(0, escapes % 2 === 1 ? end + 1 : end);
}
