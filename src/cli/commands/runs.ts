import { InvalidArgumentError, Option, type Command } from 'commander';
import { visible } from '../../util/visible.ts';
import type { RunStatus } from '../../model/status.ts';
import type { RunQuery, RunSummary } from '../../store/store.ts';
import type { Invocation } from '../invocation.ts';
import { commandPrefix } from '../reference/command-prefix.ts';
import { describeSource } from '../reporters/run-header.ts';
import { notEmpty, parseCount } from '../run-flags.ts';
import { throwMistakes, UsageError } from '../usage-error.ts';
import { runJson } from '../run-json.ts';
import { formatSpan } from '../../words/duration.ts';
import { localTime, relativeTime } from '../../words/time.ts';
import { statusColour, statusMark } from '../text/symbols.ts';
import { cutText, padText, textWidth } from '../text/text-width.ts';
import { ellipsis } from '../text/symbols.ts';
import type { Look } from '../text/look.ts';
import { withoutCredentials } from '../../util/remote-url.ts';

interface RunsFlags {
  readonly all?: boolean;
  readonly limit: number;
  readonly status?: readonly RunStatus[];
  readonly commit?: string;
  readonly ref?: string;
  readonly repository?: string;
}

const statuses: readonly RunStatus[] = [
  'queued',
  'inProgress',
  'interrupted',
  'succeeded',
  'failed',
  'cancelled',
  'skipped',
];

export function define(command: Command, invocation: Invocation): void {
  command
    .option('-a, --all', 'list the runs of all projects')
    .option('--limit <n>', 'list at most this many, newest first', parseCount, 20)
    .addOption(
      new Option('--status <status>', 'only runs with this status; repeatable, or several with commas')
        .choices(statuses)
        .argParser(parseStatuses),
    )
    .option('--commit <hash>', 'only runs of this commit; 4 or more digits of its hash', parseCommit)
    .option('--ref <ref>', 'only runs of this branch or tag, or of a whole ref (refs/…)', notEmpty('--ref'))
    .option(
      '--repository <url>',
      'only runs of the repository with this URL, or the end of it (team/shop)',
      notEmpty('--repository'),
    )
    .action(invocation.action(async (flags: RunsFlags) => await runs(invocation, flags)));
}

async function runs(invocation: Invocation, flags: RunsFlags): Promise<number> {
  const query = queryOf(flags);
  const services = await invocation.services();
  const project = flags.all === true ? undefined : await services.project(invocation.directory);
  const store = await services.store();
  const found = await store.runs({ ...query, ...(project === undefined ? {} : { project }) });
  if (found.length === 0 && flags.all !== true) invocation.requireDirectory();
  if (invocation.json) {
    await invocation.printJson({ runs: found.map(runJson) });
    return 0;
  }
  const { columns } = invocation;
  const now = invocation.host.clock.now();
  const look = invocation.look();
  await invocation.print(
    runTable(found, { look, columns, now, here: invocation.host.cwd, projects: flags.all === true }),
  );
  if (found.length === 0)
    await invocation.tell(
      isFiltered(flags)
        ? 'no run matches'
        : flags.all === true
          ? 'no runs yet'
          : 'this project has no runs; to list all projects: slipway runs --all',
    );
  return 0;
}

function isFiltered({ status, commit, ref, repository }: RunsFlags): boolean {
  return [status, commit, ref, repository].some((flag) => flag !== undefined);
}

function queryOf({ limit, status, commit, ref, repository }: RunsFlags): Omit<RunQuery, 'project'> {
  return {
    limit,
    ...(status && { statuses: status }),
    ...(commit !== undefined && { commit }),
    ...(ref !== undefined && { ref }),
    // Stored URLs have no credentials.
    ...(repository !== undefined && { repository: withoutCredentials(repository) }),
  };
}

/** Parses statuses with commas, after those of earlier flags. */
function parseStatuses(text: string, before: readonly RunStatus[] | undefined): RunStatus[] {
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.filter((word) => !isStatus(word));
  const choices = statuses.join(', ');
  throwMistakes(
    unknown.map((word) => new UsageError(`--status ${word}: unknown status. Allowed choices are ${choices}`)),
  );
  return [...(before ?? []), ...words.filter(isStatus)];
}

function parseCommit(text: string): string {
  if (!/^[0-9a-f]{4,64}$/i.test(text)) throw new InvalidArgumentError('It must be 4 to 64 hexadecimal digits.');
  return text.toLowerCase();
}

function isStatus(word: string): word is RunStatus {
  return statuses.some((status) => status === word);
}

interface TableOptions {
  readonly look: Look;
  /** Absent if the output is not a terminal. Then times are absolute and nothing is cut. */
  readonly columns: number | undefined;
  readonly now: number;
  /** The shell's working directory. */
  readonly here?: string;
  readonly projects: boolean;
}

function runTable(runs: readonly RunSummary[], options: TableOptions): string[] {
  const { look, columns, now } = options;
  const rows = runs.map((run) => [
    `#${run.number}`,
    `${statusMark(look, run.status)} ${look.paint(statusColour(run.status), run.status === 'inProgress' ? 'running' : run.status)}`,
    visible(run.name),
    describeSource(run.source).replace(/ \+\d+ dirty$/, '+'),
    columns === undefined ? localTime(run.createdAt) : relativeTime(run.createdAt, now),
    run.status === 'interrupted'
      ? `${commandPrefix(options.here, run.source?.directory)} resume ${run.number}`
      : formatSpan(run.startedAt ?? run.createdAt, run.finishedAt ?? (run.status === 'inProgress' ? now : undefined)),
    ...(options.projects ? [visible(run.project)] : []),
  ]);
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((width, row) => Math.max(width, textWidth(row[column] ?? '')), 0),
  );
  // Columns that are empty in every row are omitted.
  const lines = rows.map((row) =>
    row
      .map((cell, column) => padText(cell, widths[column] ?? 0))
      .filter((_, column) => widths[column] !== 0)
      .join('  ')
      .trimEnd(),
  );
  return columns === undefined ? lines : lines.map((line) => cutText(line, columns, ellipsis(look)));
}
