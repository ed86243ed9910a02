/** Parts of the texts of several kinds. */

export function environmentLines(env: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`);
}

export function inNamespace(namespace: string | undefined): string {
  return namespace === undefined ? '' : `  in ${namespace}`;
}

/** Returns the first items of a list and the number of the others. */
export function shortList(words: readonly string[], most = 2): string {
  return words.slice(0, most).join(', ') + (words.length > most ? ` and ${words.length - most} more` : '');
}
