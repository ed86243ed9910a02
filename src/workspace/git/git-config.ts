/**
 * Git's configuration format (git-config(1), "Syntax"). Reads a file without its includes, and writes a safe subset of
 * it.
 */
import { readRegularFileSync, UnreadableFile } from '../../util/read-regular-file.ts';
import { withoutCredentials } from '../../util/remote-url.ts';

export interface GitSetting {
  /** `section.name` or `section.subsection.name`. Section and name are lower case, the subsection is unchanged. */
  readonly key: string;
  readonly section: string;
  readonly subsection?: string;
  readonly name: string;
  readonly value: string;
}

/** Returns no settings for a missing path or a non-file. */
export function readGitConfig(file: string): GitSetting[] {
  try {
    return parseGitConfig(readRegularFileSync(file).toString());
  } catch (error) {
    if (error instanceof UnreadableFile || (error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

const sectionLine = /^\[\s*([A-Za-z0-9.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/;
const settingStart = /^([A-Za-z][A-Za-z0-9-]*)\s*(=)?[ \t]*/;

/** Skips invalid lines: Git itself would reject the repository. */
export function parseGitConfig(text: string): GitSetting[] {
  const settings: GitSetting[] = [];
  let section = '';
  let subsection: string | undefined;
  let rest = text.replaceAll('\r\n', '\n');
  while (rest !== '') {
    rest = rest.replace(/^[\s]+/, '');
    const heading = sectionLine.exec(rest);
    if (heading !== null) {
      section = heading[1]!.toLowerCase();
      subsection = heading[2]?.replaceAll(/\\(.)/g, '$1');
      rest = rest.slice(heading[0].length);
      continue;
    }
    const start = settingStart.exec(rest);
    if (start === null) {
      const end = rest.indexOf('\n');
      rest = end === -1 ? '' : rest.slice(end + 1);
      continue;
    }
    const { value, length } =
      start[2] === undefined ? { value: 'true', length: 0 } : readValue(rest.slice(start[0].length));
    const name = start[1]!.toLowerCase();
    settings.push({
      key: [section, subsection, name].filter((part) => part !== undefined).join('.'),
      section,
      ...(subsection === undefined ? {} : { subsection }),
      name,
      value,
    });
    rest = rest.slice(start[0].length + length);
  }
  return settings;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b', '\n': '' };

function readValue(text: string): { value: string; length: number } {
  let value = '';
  let quoted = false;
  // Trailing spaces count only if something follows.
  let blanks = '';
  let at = 0;
  for (; at < text.length; at++) {
    let char = text.charAt(at);
    if (char === '\n') break;
    if (char === '"') {
      quoted = !quoted;
      continue;
    }
    if (!quoted && (char === '#' || char === ';')) {
      while (at < text.length && text.charAt(at) !== '\n') at++;
      break;
    }
    if (!quoted && (char === ' ' || char === '\t')) {
      blanks += char;
      continue;
    }
    if (char === '\\') {
      at++;
      char = escapes[text.charAt(at)] ?? text.charAt(at);
    }
    value += (value === '' ? '' : blanks) + char;
    blanks = '';
  }
  return { value, length: at };
}

const coreNames = new Set([
  'repositoryformatversion',
  'filemode',
  'ignorecase',
  'symlinks',
  'precomposeunicode',
  'autocrlf',
  'eol',
  'sparsecheckout',
  'sparsecheckoutcone',
]);
const remoteNames = new Set(['url', 'fetch', 'promisor', 'partialclonefilter', 'tagopt']);

/**
 * Returns the settings that a copy of the repository needs. Excludes everything that runs a program, contains a secret
 * or refers to this machine.
 */
export function settingsToKeep(settings: readonly GitSetting[]): GitSetting[] {
  return settings.filter(mayGoAlong).map((setting) => ({ ...setting, value: withoutCredentials(setting.value) }));
}

function mayGoAlong({ section, subsection, name }: GitSetting): boolean {
  switch (section) {
    case 'core':
      return subsection === undefined && coreNames.has(name);
    case 'extensions':
      // Settings from `config.worktree` are merged into the one file.
      return name !== 'worktreeconfig';
    case 'remote':
      return remoteNames.has(name);
    case 'branch':
      return subsection !== undefined;
    case 'index':
      return name === 'sparse';
    default:
      return false;
  }
}

export function formatGitConfig(settings: readonly GitSetting[]): string {
  let text = '';
  let heading = '';
  for (const { section, subsection, name, value } of settings) {
    const own =
      subsection === undefined ? `[${section}]\n` : `[${section} "${subsection.replaceAll(/["\\]/g, '\\$&')}"]\n`;
    if (own !== heading) text += own;
    heading = own;
    text += `\t${name} = "${value.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\b', '\\b')}"\n`;
  }
  return text;
}
