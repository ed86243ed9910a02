import { containerReferences } from '../reference/step-reference.ts';
import type { StepTextOf } from '../reporter.ts';
import type { Command } from 'commander';
import { visible } from '../../util/visible.ts';
import type { QueuedRun } from '../../events/queued-run.ts';
import type { RunState, StageState, StepState } from '../../events/run-state.ts';
import type { StepId } from '../../model/ids.ts';
import { filesOf } from '../../model/artifact.ts';
import type { StepStatus } from '../../model/status.ts';
import type { RunReader, RunSummary } from '../../store/store.ts';
import type { Invocation } from '../invocation.ts';
import { StepOutput } from '../output/step-output.ts';
import { commandPrefix } from '../reference/command-prefix.ts';
import { findRun, stateOf } from '../reference/find-run.ts';
import { headerParts } from '../reporters/run-header.ts';
import { describeArtifacts } from '../../words/describe-artifacts.ts';
import { stageReason } from '../../words/describe-outcome.ts';
import { waitingReason } from '../reporters/waiting-reason.ts';
import { summaryLines } from '../reporters/summary.ts';
import { runDetailJson } from '../run-json.ts';
import { formatBytes } from '../../words/bytes.ts';
import { formatSpan } from '../../words/duration.ts';
import type { Look } from '../text/look.ts';
import { localTime, relativeTime } from '../../words/time.ts';
import { count } from '../../words/quantity.ts';
import { ellipsis, statusColour, statusMark, statusWord } from '../text/symbols.ts';
import { cutText, padText, textWidth } from '../text/text-width.ts';
import { notEmpty } from '../run-flags.ts';
import { UsageError } from '../usage-error.ts';
import { describeNote } from '../../words/describe-observation.ts';

export function define(command: Command, invocation: Invocation): void {
  command
    .argument('<run>', 'number, id, id prefix, or latest', notEmpty('RUN'))
    .action(invocation.action(async (reference: string) => await show(invocation, reference)));
}

async function show(invocation: Invocation, reference: string): Promise<number> {
  const { id, store } = await findRun(invocation, reference);
  await using reader = await store.read(id);
  const [state, summary, queued] = await Promise.all([stateOf(reader), store.summary(id), store.queued(id)]);
  if (summary === undefined) throw new UsageError(`run ${id} was just removed`);
  if (invocation.json) {
    await invocation.printJson(runDetailJson(summary, state, queued));
    return 0;
  }
  const look = invocation.look();
  const { columns } = invocation;
  const now = invocation.host.clock.now();
  const last = await lastLinesOfFailed(reader, state, look.colour);
  const here = invocation.host.cwd;
  const services = await invocation.services();
  const stepTextOf: StepTextOf = (run, step) => services.stepTextOf(run, step);
  const ended = summaryLines(state, {
    look,
    here,
    lastLines: (step) => last.lastLines(step),
    exitCode: false,
    ...(columns === undefined ? {} : { columns }),
  });
  const lines = [
    ...headLines(state, summary, look, columns, now),
    ...(state.queuedAt === undefined && queued !== undefined ? queuedLines(queued) : []),
    ...block(
      stageList(state, { state, look, columns, now, interrupted: summary.status === 'interrupted', stepTextOf }),
    ),
    ...block(containerList(state).map(visible)),
    ...block(state.notes.flatMap((note) => describeNote(note).map(visible))),
  ];
  const next = nextCommands(summary, commandPrefix(here, summary.source?.directory));
  await invocation.print([...lines, ...block(ended), ...next]);
  return 0;
}

/** Returns the lines after a blank one, or nothing. */
function block(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function headLines(
  state: RunState,
  summary: RunSummary,
  look: Look,
  columns: number | undefined,
  now: number,
): string[] {
  const word = summary.status === 'inProgress' ? 'running' : summary.status;
  const when = columns === undefined ? localTime(summary.createdAt) : relativeTime(summary.createdAt, now);
  const header = headerParts(state, look).join('  ');
  const again = state.trigger?.rerunOf === undefined ? '' : `   rerun of ${state.trigger.rerunOf}`;
  const lines = [
    look.paint('bold', header === '' ? `#${summary.number}` : header),
    `${statusMark(look, summary.status)} ${look.paint(statusColour(summary.status), word)}   ${isQueued(summary) ? 'queued' : 'started'} ${when}   ${summary.id}${again}`,
  ];
  return columns === undefined ? lines : lines.map((line) => cutText(line, columns, ellipsis(look)));
}

function isQueued({ status, owner }: RunSummary): boolean {
  return status === 'queued' && owner === undefined;
}

/** Describes a run that no process has begun. */
function queuedLines({ name, trigger, annotations, settings }: QueuedRun): string[] {
  const { inputs = {}, ...texts } = settings;
  const requested = [
    ...Object.entries(texts),
    ...Object.entries(inputs).map(([input, value]) => [`input ${input}`, value]),
  ];
  return [
    `waits for a process to begin it: ${name}, requested by ${trigger.by ?? 'unknown'} (${trigger.kind})`,
    ...requested.map(([field, value]) => `  ${field}: ${value}`),
    ...Object.entries(annotations).map(([annotation, value]) => `  ${annotation}: ${value}`),
  ].map(visible);
}

interface ListOptions {
  readonly state: RunState;
  readonly look: Look;
  readonly columns: number | undefined;
  readonly now: number;
  /** The run's owner is dead, so its running steps make no progress. */
  readonly interrupted: boolean;
  readonly stepTextOf: StepTextOf;
}

/** Lists every stage with its steps, except unselected steps. */
function stageList(state: RunState, options: ListOptions): string[] {
  const { look, columns } = options;
  const out: string[] = [];
  for (const iteration of state.iterations) {
    for (const stage of iteration.stages) {
      if (stage.because === 'notSelected') continue;
      const why = stageReason(state, stage);
      const status = shownStatus(stage.status, options);
      const parts = [
        look.paint('bold', visible(stage.planned.name)),
        `${statusWord(status)}${why === '' ? '' : `: ${why}`}`,
        took(stage, options),
      ];
      out.push(`${statusMark(look, status)} ${parts.join('  ')}`.trimEnd());
      if (stage.status !== 'skipped') for (const line of stepList(stage, options)) out.push(line);
    }
  }
  return columns === undefined ? out : out.map((line) => cutText(line, columns, ellipsis(look)));
}

function stepList(stage: StageState, options: ListOptions): string[] {
  const steps = stage.steps.filter(
    (step) => !(step.outcome?.status === 'skipped' && step.outcome.because === 'notSelected'),
  );
  const width = steps.reduce((widest, step) => Math.max(widest, textWidth(visible(step.planned.name))), 0);
  const statuses = steps.map((step) => shownStatus(step.status, options));
  const wordWidth = statuses.reduce((widest, status) => Math.max(widest, statusWord(status).length), 0);
  return steps.map((step, i) => {
    const status = statuses[i] ?? step.status;
    const name = padText(visible(step.planned.name), width);
    const parts = [
      name,
      statusWord(status).padEnd(wordWidth),
      took(step, options).padStart(7),
      visible(options.stepTextOf(options.state, step).summary),
      artifactNote(step),
      options.interrupted ? '' : visible(waitingReason(step) ?? ''),
    ].filter((part) => part !== '');
    return `  ${statusMark(options.look, status)} ${parts.join('  ')}`.trimEnd();
  });
}

/** The newest ones are enough to see the pattern of their names. */
const mostContainers = 20;

/** Lists the containers whose output was followed, with the names that `logs` accepts. */
function containerList(state: RunState): string[] {
  const names = containerReferences(state);
  if (names.length === 0) return [];
  const older = names.length - mostContainers;
  return [
    'containers with output',
    ...(older > 0 ? [`  ${count(older, 'older one')}`] : []),
    ...names.slice(-mostContainers).map((name) => `  ${name}`),
  ];
}

function shownStatus(status: StepStatus, { interrupted }: ListOptions): StepStatus | 'interrupted' {
  return interrupted && status === 'inProgress' ? 'interrupted' : status;
}

/** Returns the duration, so far if it is still running. An interrupted step has none, because its end is unknown. */
function took({ startedAt, finishedAt }: StageState | StepState, { now, interrupted }: ListOptions): string {
  return formatSpan(startedAt, finishedAt ?? (interrupted ? undefined : now));
}

function artifactNote(step: StepState): string {
  const made = filesOf(step.artifacts);
  const files = made.reduce((sum, artifact) => sum + artifact.files, 0);
  const bytes = made.reduce((sum, artifact) => sum + artifact.bytes, 0);
  const notes = [
    describeArtifacts(step.artifacts),
    files === 0 ? '' : `made ${count(files, 'file')}, ${formatBytes(bytes)}`,
  ];
  return notes.filter((note) => note !== '').join('  ');
}

/** Returns the next useful command for an unfinished run. */
function nextCommands(run: RunSummary, slipway: string): string[] {
  const { status, number } = run;
  if (status === 'interrupted')
    return ['', `its owner died: ${slipway} resume ${number}   or   ${slipway} cancel ${number}`];
  if (isQueued(run)) return ['', `to cancel it: ${slipway} cancel ${number}`];
  if (status === 'inProgress' || status === 'queued')
    return ['', `${slipway} logs ${number} --follow   or   ${slipway} cancel ${number}`];
  return [];
}

/** Enough for the lines of a summary. */
const tailBytes = 16 * 1024;
/** Every failed step is listed. Only this many show their output. */
const mostTails = 20;

async function lastLinesOfFailed(reader: RunReader, state: RunState, colours: boolean): Promise<StepOutput> {
  const output = new StepOutput(colours);
  const failed = [...state.steps.values()].filter((step) => step.status === 'failed').slice(0, mostTails);
  for (const step of failed) await fillTail(reader, step.planned.id, step.attempt, output);
  return output;
}

async function fillTail(reader: RunReader, step: StepId, attempt: number, output: StepOutput): Promise<void> {
  for await (const event of reader.output({ step, attempt, tailBytes }, new AbortController().signal))
    output.push(event);
  output.finish({ step, attempt });
}
