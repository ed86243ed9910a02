/** Parsers for values of Skaffold's flags. */
import { isDnsLabel, isLabelKey, isLabelValue } from '../util/kubernetes-names.ts';
import { isRepositoryName, isTag } from '../util/image-grammar.ts';
import { quoted } from '../util/visible.ts';
import { UsageError } from './usage-error.ts';

/** Collects the values of a repeatable flag, each of which may be a list with commas. */
export function collectWords(text: string, before: readonly string[] = []): string[] {
  return [...before, ...wordsIn(text)];
}

export function wordsIn(text: string): string[] {
  return text.split(',').filter((word) => word !== '');
}

/** Parses `--namespace`. */
export function parseNamespace(text: string): string {
  return checkNamespace(text, '--namespace');
}

/**
 * Returns a name of a namespace (kubernetes.io, "Object Names and IDs", "RFC 1123 Label Names").
 * @param source the flag or variable that has it
 */
export function checkNamespace(name: string, source: string): string {
  if (name === '') throw new UsageError(`${source} is empty`);
  if (!isDnsLabel(name))
    throw new UsageError(`${source} ${name}: ${quoted(name)} cannot be the name of a namespace`, [
      'a name has at most 63 lower-case letters, digits and minus signs, and begins and ends with a letter or digit',
    ]);
  return name;
}

/** Parses `--tag`. */
export function parseTag(text: string): string {
  return checkTag(text, '--tag');
}

/** Returns a tag of an image (the distribution project's grammar). @param source the flag or variable that has it */
export function checkTag(tag: string, source: string): string {
  if (tag === '') throw new UsageError(`${source} is empty`);
  if (!isTag(tag))
    throw new UsageError(`${source} ${tag}: ${quoted(tag)} cannot be a tag`, [
      'a tag has at most 128 letters, digits, `_`, `.` and `-`, and does not begin with `.` or `-`',
    ]);
  return tag;
}

/** Parses `--default-repo`. It may be empty: then images stay where they are. */
export function parseDefaultRepo(text: string): string {
  return checkDefaultRepo(text, '--default-repo');
}

/** Returns a registry, or a repository in it, that images can be moved to. @param source the flag or variable that has it */
export function checkDefaultRepo(repository: string, source: string): string {
  if (repository !== '' && !isRepositoryName(`${repository.replace(/\/+$/, '')}/image`))
    throw new UsageError(`${source} ${repository}: ${quoted(repository)} cannot be a repository`, [
      'for example: registry.example.org/team',
    ]);
  return repository;
}

/** Collects the values of `--label`, each of which may be a list with commas. */
export function collectLabels(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  return { ...before, ...labelsIn(text, '--label') };
}

/** Parses labels: `NAME=VALUE`. As in Skaffold, a name alone has an empty value. */
export function labelsIn(text: string, source: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    wordsIn(text).map((word) => {
      const equals = word.indexOf('=');
      const [name, value] = equals === -1 ? [word, ''] : [word.slice(0, equals), word.slice(equals + 1)];
      if (!isLabelKey(name)) throw new UsageError(`${source} ${word}: ${quoted(name)} cannot be the name of a label`);
      if (!isLabelValue(value))
        throw new UsageError(`${source} ${word}: ${quoted(value)} cannot be the value of a label`);
      return [name, value];
    }),
  );
}
