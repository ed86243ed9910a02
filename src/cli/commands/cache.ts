import type { Command } from 'commander';
import { addBuildFlags, type BuildFlags } from '../build-flags.ts';
import type { Invocation } from '../invocation.ts';
import { parseAge, parseBytes, parseOn, parsePath, runtimeList } from '../run-flags.ts';
import type { CacheListFlags } from './cache-list.ts';
import type { CachePruneFlags } from './cache-prune.ts';

export function define(command: Command, invocation: Invocation): void {
  command.usage('[flags] COMMAND [arguments]').helpCommand('help [command]', 'print the help of a command');
  command
    .command('list')
    .alias('ls')
    .description('list the images of the artifact cache, and the step caches of pipelines')
    .argument('[path]', 'only what belongs to this folder', parsePath)
    .option('--on <runtimes>', `the engine to ask: ${runtimeList} (default: SLIPWAY_ON, else docker)`, parseOn)
    .action(
      invocation.action(
        async (path: string | undefined, flags: CacheListFlags) =>
          await (await import('./cache-list.ts')).list(invocation, path, flags),
      ),
    );
  command
    .command('prune')
    .description('remove old entries of the artifact cache, and those of folders that are gone')
    .option('--older-than <age>', 'remove entries that were built longer ago (default: 30d)', parseAge)
    .option('-a, --all', 'remove every entry')
    .option('--cache-dir <dir>', 'prune this folder, which machines share, instead of the own cache', parsePath)
    .option('--max-size <size>', 'with --cache-dir: keep at most this much, such as 100MB', parseBytes)
    .option('-n, --dry-run', 'only print what would be removed')
    .addHelpText('after', '\nImages stay on the engine. To remove old runs and step caches: slipway prune')
    .action(
      invocation.action(
        async (flags: CachePruneFlags) => await (await import('./cache-prune.ts')).prune(invocation, flags),
      ),
    );
  const explain = command
    .command('explain')
    .description('show which artifacts would be built now, and why; build nothing');
  addBuildFlags(explain).action(
    invocation.action(
      async (path: string | undefined, flags: BuildFlags) =>
        await (await import('./cache-explain.ts')).explain(invocation, explain, path, flags),
    ),
  );
}
