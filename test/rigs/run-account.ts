/**
 * Everything that the command line reports about a run afterwards, in a form that is comparable between runtimes.
 * Output is joined per attempt of a step, because some platforms merge its streams. Observations, ids, times, positions
 * and the runtime itself are omitted.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectDir } from './project-dir.ts';
import { runCli, type CliEnd, type CliRun } from './run-cli.ts';
import type { RunPlace } from './run-place.ts';

interface Told extends Readonly<Record<string, unknown>> {
  readonly type: string;
  readonly run: string;
  readonly step?: string;
  readonly from?: { readonly step: string; readonly attempt: number };
  readonly text?: string;
  readonly base64?: string;
}

export interface RunAccount {
  /** The account's run. Not compared. */
  readonly id: string;
  readonly told: ToldOfRun;
}

export interface ToldOfRun {
  /** Of every command, in order. */
  readonly exits: readonly string[];
  readonly log: readonly unknown[];
  readonly show: unknown;
  readonly shown: string;
  /** All attempts of every step. */
  readonly logs: Readonly<Record<string, string>>;
  /** The output of `logs` for the last step. */
  readonly printed: string;
  readonly artifacts: unknown;
  /** The files of `artifacts --to`: paths with their content. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * The command line of one user in a project with one runtime. Several may share a project: they have separate states
 * and caches.
 */
export class Teller {
  readonly env: Readonly<Record<string, string>>;
  readonly #exits: string[] = [];

  constructor(
    readonly place: RunPlace,
    readonly project: ProjectDir,
    more: Readonly<Record<string, string>> = {},
  ) {
    const own = (variable: string) => ({ [variable]: join(project.env[variable] ?? '', place.name) });
    this.env = {
      ...project.env,
      ...own('XDG_STATE_HOME'),
      ...own('XDG_CACHE_HOME'),
      ...own('XDG_DATA_HOME'),
      ...place.env,
      ...more,
    };
  }

  cli(args: readonly string[], input?: string): CliRun {
    return runCli(args, { cwd: this.project.path, env: this.env, ...(input !== undefined && { input }) });
  }

  run(...more: readonly string[]): CliRun {
    return this.cli(['run', '--on', this.place.on, '--output', 'text', ...more]);
  }

  /** Waits for the end of a command. It must have this exit code or signal, and is part of the account as `as`. */
  async ends(run: CliRun, as: string, wanted: number | NodeJS.Signals): Promise<CliEnd> {
    const end = await run.ended;
    if ((end.code ?? end.signal) !== wanted)
      throw new Error(`expected ${wanted} on ${this.place.name}\n${run.describe()}`);
    this.#exits.push(`${as}: ${wanted}`);
    return end;
  }

  /** Of the latest run. */
  async account(): Promise<RunAccount> {
    const told = async (...args: string[]) => (await this.cli(args).exits(0)).stdout;
    const [events, show, shown] = await Promise.all([
      told('events', 'latest', '--output', 'json'),
      told('show', 'latest', '--output', 'json'),
      told('show', 'latest'),
    ]);
    const all = events.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Told]));
    const run = all[0]?.run ?? '';
    const steps = [
      ...new Set(all.flatMap(({ step, type }) => (step !== undefined && type === 'step.started' ? [step] : []))),
    ].sort();
    // One step is enough: each command starts a process.
    const last = steps.at(-1);
    const printed = last === undefined ? '' : await told('logs', 'latest', last);
    const logs = Object.fromEntries(steps.map((step) => [step, outputOf(all, step)]));
    const artifacts = JSON.parse(await told('artifacts', 'latest', '--output', 'json')) as unknown;
    return {
      id: run,
      told: {
        exits: this.#exits,
        log: comparableLog(all).map((event) => comparable(event, run)),
        show: comparable(JSON.parse(show), run),
        shown: withoutTimes(withoutId(shown, run)),
        logs,
        printed: withoutId(printed, run),
        artifacts: comparable(artifacts, run),
        files: await this.#fetched(),
      },
    };
  }

  async #fetched(): Promise<Readonly<Record<string, string>>> {
    // Not in the project: another runtime may be reading its tree.
    const folder = join(this.project.env['HOME'] ?? '', `fetched-on-${this.place.name}`);
    const { code } = await this.cli(['artifacts', 'latest', '--to', folder]).ended;
    const entries = code === 0 ? await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []) : [];
    const files = await Promise.all(
      entries
        .filter((entry) => entry.isFile())
        .map(
          async ({ parentPath, name }) =>
            [
              join(parentPath, name).slice(folder.length + 1),
              await readFile(join(parentPath, name), 'latin1'),
            ] as const,
        ),
    );
    await rm(folder, { recursive: true, force: true });
    return Object.fromEntries(files.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/**
 * Steps of a stage run in parallel. Groups the events of each step by its id, at the place of the stage's first event.
 * Joins the output of an attempt to one event at its last bytes.
 */
export function comparableLog(events: readonly Told[]): readonly unknown[] {
  const log: unknown[] = [];
  let ofSteps: Told[] = [];
  const flush = () => {
    log.push(...bySteps(ofSteps));
    ofSteps = [];
  };
  for (const event of events) {
    if (event.type === 'step.observed') continue;
    if (stepOf(event) !== undefined) ofSteps.push(event);
    // A takeover happens between the events of steps.
    else if (event.type === 'run.resumed') log.push(event);
    else {
      flush();
      log.push(event);
    }
  }
  flush();
  return log;
}

function stepOf({ step, from }: Told): string | undefined {
  return step ?? from?.step;
}

function bySteps(events: readonly Told[]): readonly unknown[] {
  const steps = [...new Set(events.map((event) => stepOf(event) ?? ''))].sort();
  return steps.flatMap((step) => joined(events.filter((event) => stepOf(event) === step)));
}

function outputOf(events: readonly Told[], step: string): string {
  return textOf(events.filter((event) => stepOf(event) === step));
}

function textOf(events: readonly Told[]): string {
  const bytes = events
    .filter(({ type }) => type === 'output')
    .map(({ text, base64 }) => Buffer.from(text ?? base64 ?? '', text === undefined ? 'base64' : 'utf8'));
  return Buffer.concat(bytes).toString('latin1');
}

function joined(events: readonly Told[]): unknown[] {
  return events.flatMap((event, at): unknown[] => {
    if (event.type !== 'output') return [event];
    const isLast = !events
      .slice(at + 1)
      .some(({ type, from }) => type === 'output' && from?.attempt === event.from?.attempt);
    return isLast
      ? [
          {
            type: 'output',
            from: event.from,
            text: textOf(events.filter(({ from }) => from?.attempt === event.from?.attempt)),
          },
        ]
      : [];
  });
}

/** Fields that differ between runs: event numbers, times, ids, and salted hashes of secrets. */
const leftOut = new Set([
  'at',
  'run',
  'epoch',
  'seq',
  'createdAt',
  'startedAt',
  'finishedAt',
  'runtime',
  'engine',
  'cluster',
  'secretHash',
]);

function comparable(value: unknown, run: string): unknown {
  if (typeof value === 'string') return withoutId(value, run);
  if (Array.isArray(value)) return value.map((item) => comparable(item, run));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (leftOut.has(key) ? [] : [[key, comparable(item, run)]])),
  );
}

function withoutId(text: string, run: string): string {
  return text
    .replaceAll(run, 'RUN')
    .replaceAll(run.slice(0, 10), 'RUN')
    .replace(/\b0[0-9a-z]{25}\b/g, 'ANOTHER RUN');
}

/** Removes what depends on the runtime and on durations: the header, the commands, the column widths. */
function withoutTimes(text: string): string {
  const lines = text
    .replace(/^(.*RUN\S*) .*$/m, '$1')
    .replace(/ --(?:on|kube-context) \S+/g, '')
    .replace(/\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, 'TIME');
  return lines.replace(/\b(?:\d+(?:\.\d+)?(?:ms|s|m|h) ?)+(?=[\s,]|$)/gm, 'TIME ').replace(/[ \t]+/g, ' ');
}
