import { UsageError } from './usage-error.ts';

/**
 * `--dry-run` takes no value of ours, so that `run --dry-run DIR` means the folder; wharf-cmd's `--dry-run=client` is
 * the same, and `--dry-run=none` as if it were not there. Its `server` asked a cluster, which nothing here does.
 */
export function withoutDryRunValue(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return argv.flatMap((word, i) => {
    const value = end >= 0 && i > end ? undefined : /^--dry-run=(.*)$/.exec(word)?.[1];
    switch (value) {
      case undefined:
        return [word];
      case 'client':
        return ['--dry-run'];
      case 'none':
        return [];
      case 'server':
        throw new UsageError('--dry-run=server: nothing is asked of a cluster before a run', [
          '--dry-run shows the plan',
        ]);
      default:
        throw new UsageError(`--dry-run=${value}: it is none or client, or nothing`);
    }
  });
}
