const formats = ['text', 'json'];

/**
 * Returns the words of a command line for the parser. `--output` is a format in every command. In `render` it may also be a file, as
 * in Skaffold, and is then read as `-o`.
 * @param words after `slipway`
 */
export function fileOutputWords(words: readonly string[]): string[] {
  const end = words.indexOf('--');
  const command = words.indexOf('render');
  if (command === -1 || (end !== -1 && end < command)) return [...words];
  return words.flatMap((word, i) => {
    if (i < command || (end !== -1 && i > end)) return [word];
    const value = word.startsWith('--output=') ? word.slice('--output='.length) : undefined;
    if (value !== undefined) return formats.includes(value) ? [word] : ['-o', value];
    const next = words[i + 1];
    return word === '--output' && next !== undefined && !formats.includes(next) ? ['-o'] : [word];
  });
}
