import type { Command } from 'commander';
import { visible } from '../../util/visible.ts';
import type { RunId } from '../../model/ids.ts';
import type { Retention } from '../../store/store.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { findRun } from '../reference/find-run.ts';
import { onFlags } from '../reference/on-flags.ts';
import { runName } from '../reporters/describe-leftovers.ts';
import { retentionOf } from '../retention.ts';
import { UsageError } from '../usage-error.ts';
import { parseAge, parseBytes, parseNumber } from '../run-flags.ts';
import type { PrunedAll, RemainingWorkload } from '../../runs/cleanup/cleanup.ts';
import { formatBytes } from '../../words/bytes.ts';
import { count } from '../../words/quantity.ts';
import { wrapText } from '../text/wrap-text.ts';

interface PruneFlags {
  readonly olderThan?: number;
  readonly keep?: number;
  readonly maxSize?: number;
  readonly dryRun?: boolean;
}

export function define(command: Command, invocation: Invocation): void {
  command
    .argument('[runs...]', 'only these runs; an interrupted run is removed only if it is listed here')
    .option('--older-than <age>', 'remove runs that ended longer ago, such as 30d', parseAge)
    .option('--keep <n>', 'keep at most this many runs of a project', parseNumber)
    .option('--max-size <size>', 'keep at most this much in total, such as 10GB', parseBytes)
    .option('-n, --dry-run', 'only print what would be removed')
    .addHelpText(
      'after',
      '\nWithout runs and limits: --older-than 30d --keep 200 --max-size 10GB, or the\nvalues of SLIPWAY_KEEP_AGE, SLIPWAY_KEEP_RUNS and SLIPWAY_KEEP_SIZE',
    )
    .action(invocation.action(async (runs: string[], flags: PruneFlags) => await prune(invocation, runs, flags)));
}

async function prune(invocation: Invocation, references: readonly string[], flags: PruneFlags): Promise<number> {
  const mistakes: string[] = [];
  const { env, clock } = invocation.host;
  const standard = retentionOf(env, clock.now(), (mistake) => mistakes.push(mistake));
  const named = new Map<RunId, string>();
  for (const reference of references) named.set((await findRun(invocation, reference)).id, reference);
  const services = await invocation.services();
  const policy = policyOf(standard, [...named.keys()], flags);
  // Limits of the command line take the place of all variables.
  if (policy.cautious === true && mistakes.length > 0) throw new UsageError(mistakes.join('\n'));
  const pruned = await services.prune(policy);
  const refused = isLimited(policy)
    ? []
    : [...named].filter(([id]) => !pruned.removed.some(({ run }) => run === id)).map(([, reference]) => reference);
  if (invocation.json) await invocation.printJson({ dryRun: flags.dryRun === true, ...pruned });
  else await printPruned(invocation, pruned, flags);
  for (const reference of refused)
    await invocation.tell(
      `run ${reference} is still running and is kept; to cancel it: ${invocation.slipway} cancel ${reference}`,
    );
  return refused.length > 0 ? exitCodes.usage : 0;
}

async function printPruned(invocation: Invocation, pruned: PrunedAll, flags: PruneFlags): Promise<void> {
  const verb = flags.dryRun === true ? 'would remove' : 'removed';
  const lines = [
    ...pruned.removed.map((run) => `${verb} ${runName(run)}  ${run.run}  ${formatBytes(run.bytes)}`),
    `${verb} ${count(pruned.removed.length, 'run')}, ${formatBytes(pruned.removed.reduce((sum, run) => sum + run.bytes, 0))}; ${count(pruned.kept, 'run')} kept, ${formatBytes(pruned.bytes)}`,
    ...(pruned.caches.removed > 0
      ? [`${verb} ${count(pruned.caches.removed, 'cache')}, ${formatBytes(pruned.caches.bytes)}`]
      : []),
    ...stayingLines(pruned.staying),
  ];
  await invocation.print(lines.flatMap((line) => wrapText(line, invocation.columns)));
}

/** Reports what stays on clusters: prune touches a cluster only if the user names it. */
function stayingLines(staying: readonly RemainingWorkload[]): string[] {
  return [...new Set(staying.map(commandOf))].flatMap((command) => [
    '',
    `kept with --keep-failed, and left where it is; to remove it: ${command}`,
    ...staying.filter((one) => commandOf(one) === command).map(stayingLine),
  ]);
}

function stayingLine(staying: RemainingWorkload): string {
  const { name, cluster } = staying;
  if (cluster === undefined) return `  ${visible(name)}, ${runName(staying)}`;
  return `  pod ${visible(name)}, ${runName(staying)}, namespace ${visible(cluster.namespace)}`;
}

/** Returns the command that removes the leftovers of this run only. */
function commandOf({ run, runtime, cluster }: RemainingWorkload): string {
  const where = cluster === undefined ? `--on ${runtime}   when it answers` : onFlags(cluster);
  return `slipway doctor --clean ${run} ${where}`;
}

function isLimited({ maxAgeMs, maxRunsPerProject, maxBytes }: Retention): boolean {
  return maxAgeMs !== undefined || maxRunsPerProject !== undefined || maxBytes !== undefined;
}

/** Returns the limits to apply. Given limits or runs replace the standard limits. */
function policyOf(standard: Retention, runs: readonly RunId[], flags: PruneFlags): Retention {
  const given = {
    ...(flags.olderThan === undefined ? {} : { maxAgeMs: flags.olderThan }),
    ...(flags.keep === undefined ? {} : { maxRunsPerProject: flags.keep }),
    ...(flags.maxSize === undefined ? {} : { maxBytes: flags.maxSize }),
  };
  const limits = Object.keys(given).length === 0 && runs.length === 0 ? standard : given;
  return {
    now: standard.now,
    ...limits,
    ...(runs.length === 0 ? {} : { runs }),
    ...(flags.dryRun === true ? { dryRun: true } : {}),
  };
}
