/**
 * Renders the tree of stages and steps as lines that fit. A pure function of the progress, the window size and the
 * time.
 */
import { visible } from '../../util/visible.ts';
import type { StepState } from '../../events/run-state.ts';
import { isEnd } from '../../model/status.ts';
import { expandTabs, withoutControls } from '../output/control-sequences.ts';
import { formatSpan } from '../../words/duration.ts';
import type { Look } from '../text/look.ts';
import { count } from '../../words/quantity.ts';
import { bar, ellipsis, spinner, statusMark, statusWord } from '../text/symbols.ts';
import { cutText, padText, textWidth } from '../text/text-width.ts';
import { describeArtifacts } from '../../words/describe-artifacts.ts';
import { describeObservation } from '../../words/describe-observation.ts';
import type { LiveProgress, LiveStage } from './live-progress.ts';
import { shortName, widestName } from './short-name.ts';

export interface TreeOptions {
  readonly look: Look;
  readonly columns: number;
  /** The maximum number of lines, at least 3. */
  readonly rows: number;
  readonly now: number;
  /** Returns the unfinished or last line of a step. It may contain control sequences. */
  newest(step: StepState): string;
}

/** How often the spinner turns. */
const turnMs = 120;
/** In a wider window, the times would be too far from their lines. */
const widestLine = 120;

export function treeLines(progress: LiveProgress, window: TreeOptions): string[] {
  const { stages } = progress;
  const options: Layout = { ...window, nameWidth: nameColumn(stages, window.columns) };
  const at = stages.findIndex((stage) => stage.state.status === 'inProgress');
  const active = stages[at];
  // In a very small window, only the active stage is shown.
  const others = active !== undefined && options.rows < 5 ? [] : stages;
  const ended = others.filter((stage) => isEnd(stage.state.status));
  const waiting = others.filter((stage) => stage.state.status === 'notStarted');
  // Reserve one line each for ended and waiting stages. Running steps get the rest.
  const fixed = (active === undefined ? 0 : 1) + Math.min(1, ended.length) + Math.min(1, waiting.length);
  const steps = active === undefined ? [] : stepLines(active, progress, options.rows - fixed, options);
  const spare = options.rows - fixed - steps.length;
  const forWaiting = Math.min(waiting.length, 1 + Math.max(0, spare));
  const forEnded = Math.min(ended.length, 1 + Math.max(0, spare - (forWaiting - Math.min(1, waiting.length))));
  const lines = [
    ...endedLines(ended, forEnded, options),
    ...(active === undefined ? [] : [stageLine(active, options)]),
    ...steps,
    ...waitingLines(waiting, forWaiting, options),
  ];
  return lines.slice(0, options.rows);
}

interface Layout extends TreeOptions {
  /** Width from a stage's mark to the text column. */
  readonly nameWidth: number;
}

/** Returns the common text column of stages and steps. Steps are indented by two cells. */
function nameColumn(stages: readonly LiveStage[], columns: number): number {
  const most = widestName(columns);
  let width = 0;
  for (const stage of stages)
    width = Math.max(width, Math.min(most, textWidth(visible(stage.state.planned.name))), 2 + stage.nameWidth(most));
  return width;
}

/** Returns one line for every stage, for the end of a run. */
export function stageOverview(progress: LiveProgress, window: TreeOptions): string[] {
  return endedLines(progress.stages, window.rows, {
    ...window,
    nameWidth: nameColumn(progress.stages, window.columns),
  });
}

/** Folds the first stages into one line if not all fit. The last ones matter more. */
function endedLines(stages: readonly LiveStage[], room: number, options: Layout): string[] {
  if (room === 0) return [];
  if (stages.length <= room) return stages.map((stage) => stageLine(stage, options));
  const folded = stages.slice(0, stages.length - room + 1);
  const failed = folded.filter((stage) => stage.state.status === 'failed').length;
  const line = `${statusMark(options.look, failed > 0 ? 'failed' : 'succeeded')} ${count(folded.length, 'stage')} ended${failed > 0 ? `, ${failed} failed` : ''}`;
  return [fit(line, '', options), ...stages.slice(stages.length - room + 1).map((stage) => stageLine(stage, options))];
}

function waitingLines(stages: readonly LiveStage[], room: number, options: Layout): string[] {
  if (stages.length <= room) return stages.map((stage) => stageLine(stage, options));
  const shown = stages.slice(0, room - 1).map((stage) => stageLine(stage, options));
  const folded = stages.length - shown.length;
  return [
    ...shown,
    fit(
      `${statusMark(options.look, 'notStarted')} ${count(folded, shown.length === 0 ? 'stage' : 'more stage')} waiting`,
      '',
      options,
    ),
  ];
}

function stageLine(stage: LiveStage, options: Layout): string {
  const { look } = options;
  const { state, steps, running, ended } = stage;
  const name = shortName(visible(state.planned.name), options.columns, look);
  const parts = [look.paint('bold', padText(name, options.nameWidth)), count(steps.length, 'step')];
  if (state.status === 'inProgress') {
    const done = ended.succeeded + ended.failed + ended.cancelled + ended.skipped;
    if (done > 0) parts.push(`${done} done`);
    if (ended.failed > 0) parts.push(look.paint('red', `${ended.failed} failed`));
    const waiting = steps.length - done - running.size;
    if (waiting > 0 && done + running.size > 0) parts.push(`${waiting} waiting`);
  } else {
    parts.push(look.paint('dim', statusWord(state.status)));
  }
  return fit(
    `${statusMark(look, state.status)} ${parts.join('  ')}`,
    formatSpan(state.startedAt, state.finishedAt ?? options.now),
    options,
  );
}

function stepLines(stage: LiveStage, progress: LiveProgress, room: number, options: Layout): string[] {
  if (room <= 0) return [];
  const shown =
    stage.steps.length <= room
      ? stage.steps
      : [...take(stage.running.values(), stage.running.size <= room ? room : room - 1)];
  const lines = shown.map((step) => stepLine(step, progress, options));
  const hidden = stage.running.size - shown.length;
  if (stage.steps.length > room && hidden > 0)
    lines.push(fit(options.look.paint('dim', `  ${ellipsis(options.look)} ${hidden} more running`), '', options));
  return lines;
}

function stepLine(step: StepState, progress: LiveProgress, options: Layout): string {
  const { look, now } = options;
  const name = padText(shortName(visible(step.planned.name), options.columns, look), options.nameWidth - 2);
  const head = `  ${statusMark(look, step.status)} ${name}`;
  if (step.status !== 'inProgress')
    return fit(`${head}  ${look.paint('dim', howItEnded(step))}`, formatSpan(step.startedAt, step.finishedAt), options);
  const attempt = step.attempt > 1 ? `attempt ${step.attempt}  ` : '';
  const news = look.paint('dim', bar(look)) + ' ' + attempt + newsOf(step, progress, options);
  return fit(
    `${head}  ${news}`,
    `${formatSpan(step.startedAt, now)} ${spinner(look, Math.floor(now / turnMs))}`,
    options,
  );
}

/** Returns the images of a succeeded step. They say more than `succeeded`. */
function howItEnded(step: StepState): string {
  const images = step.status === 'succeeded' ? describeArtifacts(step.artifacts) : '';
  return images === '' ? statusWord(step.status) : images;
}

function newsOf(step: StepState, progress: LiveProgress, options: TreeOptions): string {
  const fact = step.lastFact;
  const line = expandTabs(withoutControls(options.newest(step), false), textWidth).trimEnd();
  if (fact === undefined || (line !== '' && !progress.factIsNewer(step.planned.id))) return line;
  // The name of a container does not matter to the user.
  if (fact.type === 'workload.created') return line === '' ? 'starting' : line;
  if (fact.type === 'workload.started' || fact.type === 'workload.adopted') return line;
  return visible(describeObservation(fact));
}

/** Aligns left and right text on one line, one cell narrower than the window: some terminals wrap at the last cell. */
function fit(left: string, right: string, { columns, look }: TreeOptions): string {
  const room = Math.min(columns, widestLine) - 1 - (right === '' ? 0 : textWidth(right) + 2);
  const cut = cutText(left, room, ellipsis(look));
  return right === '' ? cut : `${padText(cut, room)}  ${look.paint('dim', right)}`;
}

function* take<T>(values: Iterable<T>, most: number): Iterable<T> {
  let left = most;
  for (const value of values) {
    if (left-- <= 0) return;
    yield value;
  }
}
