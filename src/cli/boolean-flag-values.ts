import { UsageError } from './usage-error.ts';

/** Flags of Skaffold that its users write with a value, as `--profile-auto-activation=false`. */
export const skaffoldBooleans = ['profile-auto-activation', 'propagate-profiles', 'cache-artifacts', 'push'];

const meanings: ReadonlyMap<string, boolean> = new Map([
  ...['true', 't', '1'].map((word) => [word, true] as const),
  ...['false', 'f', '0'].map((word) => [word, false] as const),
]);

/**
 * Rewrites boolean flags with a value to flags without one: `--NAME=false` to `--no-NAME`. A flag whose value is a word of its
 * own would take the operand after it.
 */
export function withoutBooleanValues(argv: readonly string[]): {
  readonly words: readonly string[];
  readonly mistakes: readonly UsageError[];
} {
  const end = argv.indexOf('--');
  const mistakes: UsageError[] = [];
  const words = argv.map((word, i) => {
    const [, name = '', value = ''] = (end < 0 || i < end ? /^--([a-z-]+)=(.*)$/s.exec(word) : null) ?? [];
    if (!skaffoldBooleans.includes(name)) return word;
    const meaning = meanings.get(value.toLowerCase());
    if (meaning === undefined) mistakes.push(new UsageError(`--${name}=${value}: the value must be true or false`));
    return meaning === false ? `--no-${name}` : `--${name}`;
  });
  return { words, mistakes };
}
