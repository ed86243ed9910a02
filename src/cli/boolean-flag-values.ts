import { UsageError } from './usage-error.ts';

/** Flags of Skaffold that its users write with a value, as `--profile-auto-activation=false`. */
export const skaffoldBooleans = [
  ...['profile-auto-activation', 'propagate-profiles', 'cache-artifacts', 'push'],
  ...['force', 'analyze', 'skip-build', 'generate-manifests'],
  ...['status-check', 'iterative-status-check', 'tolerate-failures-until-deadline', 'skip-tests'],
  ...['enable-platform-node-affinity', 'load-images', 'tail', 'cleanup'],
];

const meanings: ReadonlyMap<string, boolean> = new Map([
  ...['true', 't', '1'].map((word) => [word, true] as const),
  ...['false', 'f', '0'].map((word) => [word, false] as const),
]);

/**
 * Parses the value of a boolean flag or of its variable.
 * @param source for messages: `--propagate-profiles`
 */
export function parseBoolean(text: string, source: string): boolean {
  const meaning = meanings.get(text.toLowerCase());
  if (meaning === undefined) throw new UsageError(`${source}=${text}: the value must be true or false`);
  return meaning;
}

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
    try {
      return parseBoolean(value, `--${name}`) ? `--${name}` : `--no-${name}`;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      mistakes.push(error);
      return `--${name}`;
    }
  });
  return { words, mistakes };
}
