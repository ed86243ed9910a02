import { UsageError } from './usage-error.ts';

/**
 * Slipway's `--dry-run` takes no value, so that in `run --dry-run DIR`, DIR is the folder. wharf-cmd's
 * `--dry-run=client` has the same effect, and `--dry-run=none` has none. `server` would contact a cluster, which
 * Slipway does not support.
 */
export function withoutDryRunValue(argv: readonly string[]): {
  readonly words: readonly string[];
  readonly mistakes: readonly UsageError[];
} {
  const end = argv.indexOf('--');
  const mistakes: UsageError[] = [];
  const words = argv.flatMap((word, i) => {
    const value = end >= 0 && i > end ? undefined : /^--dry-run=(.*)$/.exec(word)?.[1];
    switch (value) {
      case undefined:
        return [word];
      case 'client':
        return ['--dry-run'];
      case 'none':
        return [];
      case 'server':
        mistakes.push(
          new UsageError('--dry-run=server is not supported: a dry run contacts no cluster', [
            'to show the plan: --dry-run',
          ]),
        );
        return ['--dry-run'];
      default:
        mistakes.push(new UsageError(`--dry-run=${value}: the value must be none or client`));
        return ['--dry-run'];
    }
  });
  return { words, mistakes };
}
