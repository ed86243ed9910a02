/** The end of a run: what failed, where it is in the file, its last lines, what to do. The last line has the counts. */
import { currentIteration, type RunState, type StepState } from '../../events/run-state.ts';
import type { StepId } from '../../model/ids.ts';
import type { Phase } from '../../model/plan.ts';
import { keepFailedCommand } from '../reference/keep-failed-command.ts';
import { codeFrame } from '../../diagnostics/code-frame.ts';
import { renderDiagnostics } from '../../diagnostics/render.ts';
import { visible } from '../../util/visible.ts';
import { isEnd } from '../../model/status.ts';
import { exitCodeOf } from '../exit-code.ts';
import { formatSpan } from '../../words/duration.ts';
import type { Look } from '../text/look.ts';
import { arrow, statusColour, statusMark } from '../text/symbols.ts';
import { frameStyle } from '../text/frame-style.ts';
import { padText, textWidth } from '../text/text-width.ts';
import { wrapText } from '../text/wrap-text.ts';
import { commandPrefix } from '../reference/command-prefix.ts';
import { cleanCommand } from '../reference/clean-command.ts';
import { quoteForShell } from '../text/quote-for-shell.ts';
import { stepReference } from '../reference/step-reference.ts';
import { describeFailure } from '../../words/describe-failure.ts';
import { stepReason, stageReason } from '../../words/describe-outcome.ts';
import { unselectedArtifacts } from './unselected-artifacts.ts';

export interface SummaryOptions {
  readonly look: Look;
  /** Width of the terminal, to which Slipway's own lines are wrapped. Absent elsewhere. */
  readonly columns?: number;
  /** Returns the last output lines of a step, ready to be shown. */
  lastLines(step: StepId): readonly string[];
  /** The shell's working directory, so that printed commands work in it. */
  readonly here?: string;
  /** Whether to print the exit code. */
  readonly exitCode: boolean;
}

/** Returns the summary of a run. For an unfinished run, it covers only what has ended. */
export function summaryLines(state: RunState, options: SummaryOptions): string[] {
  const out: string[] = [...runTrouble(state, options)];
  if (out.length > 0) out.push('');
  for (const iteration of state.iterations) {
    for (const stage of iteration.stages) {
      if (stage.status === 'skipped') {
        if (stage.because !== 'notSelected')
          out.push(
            ...endLine(options, 'skipped', visible(stage.planned.name), `skipped: ${stageReason(state, stage)}`),
          );
        continue;
      }
      for (const step of stage.steps) out.push(...stepLines(state, step, options));
    }
  }
  if (out.at(-1) === '') out.pop();
  if (out.length > 0) out.push('');
  out.push(...leftBehind(state, options));
  out.push(...again(state, options));
  out.push(...totals(state, options));
  return out;
}

/** Returns what may still exist of the run, and the command that removes it. */
function leftBehind(state: RunState, { look, columns }: SummaryOptions): string[] {
  const left = [...state.steps.values()].flatMap((step) => step.left ?? []);
  if (left.length === 0) return [];
  const lines = [
    'may be left behind:',
    ...left.map(({ workload, detail }) => `  ${visible(workload)}: ${visible(detail)}`),
    `to remove it: ${cleanCommand(state)}`,
  ];
  return [...lines.flatMap((line) => wrapText(line, columns)).map((line) => look.paint('yellow', line)), ''];
}

/** Returns problems of the run itself, outside of its steps. */
function runTrouble(state: RunState, { look, columns }: SummaryOptions): string[] {
  const { diagnostics, detail = '' } = state;
  const mistakes =
    diagnostics.length === 0
      ? []
      : [...renderDiagnostics(diagnostics, frameStyle(look, columns)).trimEnd().split('\n'), ''];
  const details = detail === '' ? [] : [...detail.split('\n').flatMap((line) => wrapText(visible(line), columns)), ''];
  const out = [...mistakes, ...details];
  if (out.at(-1) === '') out.pop();
  return out;
}

function stepLines(state: RunState, step: StepState, options: SummaryOptions): string[] {
  const { look } = options;
  const { outcome } = step;
  if (outcome === undefined || outcome.status === 'succeeded') return [];
  const name = `${visible(step.stage)} ${arrow(look)} ${visible(step.planned.name)}`;
  if (outcome.status === 'skipped')
    return outcome.because === 'notSelected'
      ? []
      : endLine(options, 'skipped', name, `skipped: ${stepReason(state, step)}`);
  if (outcome.status === 'cancelled')
    return endLine(options, 'cancelled', name, `cancelled: ${stepReason(state, step)}`);
  return failedStep(state, step, name, options);
}

function failedStep(state: RunState, step: StepState, name: string, options: SummaryOptions): string[] {
  const { look, columns } = options;
  if (step.outcome?.status !== 'failed') return [];
  // An allowed failure needs no fix, so its place and the commands to inspect it are omitted.
  const { allowFailure } = step.planned.policy;
  const text = describeFailure(step.outcome.failure, phaseOf(state, step));
  // The text of a timeout has the time already.
  const { code } = step.outcome.failure;
  const after = code === 'timed-out' ? '' : formatSpan(step.attemptStartedAt, step.finishedAt);
  const tries = step.attempt > 1 ? `, attempt ${step.attempt} of ${step.planned.policy.retries + 1}` : '';
  const allowed = allowFailure ? '   allowed to fail' : '';
  const out = endLine(
    options,
    'failed',
    look.paint('bold', name),
    `${visible(text.what)}${after === '' ? '' : `   after ${after}`}${tries}${allowed}`,
  );
  const place = allowFailure ? undefined : step.planned.declaredAt;
  if (place !== undefined) {
    out.push(`    ${look.paint('cyan', `${visible(place.file)}:${place.line}:${place.column}`)}`);
    out.push(...codeFrame(place, { ...frameStyle(look, columns), indent: 3 }));
  }
  const lastLines = options.lastLines(step.planned.id);
  const phase = phaseOf(state, step);
  const isDeploy = phase === 'render' || phase === 'deploy';
  const facts: [string, readonly string[]][] = [
    ['because', text.detail.map(visible)],
    ['last lines', lastLines],
    ['what to do', [...text.advice, ...unselectedArtifacts(state, step)].map(visible)],
    // A deploy has no output of its own, but what programs print.
    ['all of it', lastLines.length === 0 && isDeploy ? [] : [logsCommand(state, step, options)].map(visible)],
    ['look inside', allowFailure && step.kept === undefined ? [] : insideCommands(state, step, options).map(visible)],
  ];
  for (const [label, lines] of facts) out.push(...labelled(options, label, lines));
  return out;
}

const labelWidth = 13;
const margin = '    ';
/** Longer output is cut at its start: the end matters most. */
const mostRows = 14;

function labelled({ look, columns }: SummaryOptions, label: string, lines: readonly string[]): string[] {
  const room = columns === undefined ? undefined : Math.max(10, columns - margin.length - labelWidth);
  return lines
    .flatMap((line) => wrapText(line, room))
    .slice(-mostRows)
    .map((line, i) => `${margin}${look.paint('dim', padText(i === 0 ? label : '', labelWidth))}${line}`);
}

function logsCommand(state: RunState, step: StepState, { here }: SummaryOptions): string {
  return `${commandPrefix(here, state.source?.directory)} logs ${runReference(state)} ${quoteForShell(stepReference(state, step))}`;
}

function phaseOf(state: RunState, step: StepState): Phase | undefined {
  return currentIteration(state)?.stages.find(({ steps }) => steps.includes(step))?.planned.phase;
}

/** Returns nothing if a kept step would not show more than the log, and for builds and tests, which keep nothing. */
function insideCommands(state: RunState, step: StepState, { here }: SummaryOptions): string[] {
  const slipway = commandPrefix(here, state.source?.directory);
  const name = quoteForShell(stepReference(state, step));
  if (step.kept !== undefined) return [`${slipway} shell ${runReference(state)} ${name}`];
  if (step.outcome?.status !== 'failed' || step.outcome.failure.code !== 'exit-nonzero') return [];
  if (phaseOf(state, step) !== undefined) return [];
  return [keepFailedCommand(state, step, here), `${slipway} shell latest ${name}`];
}

/** Returns the shortest reference to the run. */
function runReference(state: RunState): string {
  return state.number === undefined ? (state.run ?? 'latest') : String(state.number);
}

function endLine(
  { look, columns }: SummaryOptions,
  status: 'failed' | 'cancelled' | 'skipped',
  name: string,
  text: string,
): string[] {
  const head = `${statusMark(look, status)} ${padText(name, 13)}  `;
  const paint = (part: string) => look.paint(statusColour(status), part);
  if (columns === undefined || textWidth(head) + textWidth(text) <= columns) return [head + paint(text)];
  return [
    ...wrapText(head.trimEnd(), columns),
    ...wrapText(text, columns - margin.length).map((line) => margin + paint(line)),
  ];
}

/** Returns the command that runs the plan of a cancelled run again. A failed step has commands of its own. */
function again(state: RunState, { here, columns }: SummaryOptions): string[] {
  if (state.status !== 'cancelled' || state.iterations.length === 0) return [];
  const command = `${commandPrefix(here, state.source?.directory)} rerun ${runReference(state)}`;
  return [...wrapText(`to run it again: ${command}`, columns), ''];
}

function totals(state: RunState, options: SummaryOptions): string[] {
  const { look } = options;
  if (!isEnd(state.status)) return [];
  const counts = new Map<string, number>();
  for (const step of state.steps.values()) {
    if (step.outcome?.status === 'skipped' && step.outcome.because === 'notSelected') continue;
    counts.set(step.status, (counts.get(step.status) ?? 0) + 1);
  }
  const counted = ['failed', 'cancelled', 'skipped', 'succeeded']
    .filter((status) => counts.has(status))
    .map((status) => `${counts.get(status)} ${status}`);
  const span = formatSpan(state.startedAt ?? state.queuedAt, state.finishedAt);
  const parts = [
    look.paint(statusColour(state.status), look.paint('bold', `${state.status}${span === '' ? '' : ` in ${span}`}`)),
    counted.join(', '),
  ];
  if (options.exitCode && exitCodeOf(state) !== 0) parts.push(`exit ${exitCodeOf(state)}`);
  const shown = parts.filter((part) => part !== '');
  const line = shown.join('   ');
  if (options.columns === undefined || textWidth(line) <= options.columns) return [line];
  return shown.flatMap((part) => wrapText(part, options.columns));
}
