/**
 * The reporter for terminals. Past events scroll away above, running steps are drawn below, at most a dozen times a
 * second.
 */
import type { StoredEvent } from '../../events/event.ts';
import type { StepState } from '../../events/run-state.ts';
import { visible } from '../../util/visible.ts';
import type { Activity } from '../../model/activity.ts';
import type { Clock } from '../../model/clock.ts';
import { isEnd } from '../../model/status.ts';
import type { Screen } from '../host.ts';
import { expandTabs } from '../output/control-sequences.ts';
import type { Reporter } from '../reporter.ts';
import { formatSpan } from '../../words/duration.ts';
import type { Look } from '../text/look.ts';
import { separator, ellipsis, statusColour, statusMark } from '../text/symbols.ts';
import { cutText, padText, textWidth } from '../text/text-width.ts';
import { wrapText } from '../text/wrap-text.ts';
import { activityShownAfterMs, describeActivity } from '../../words/describe-activity.ts';
import { describeAttempt } from '../../words/describe-failure.ts';
import { describeLoss, describeNote, describeObservation, isAlwaysShown } from '../../words/describe-observation.ts';
import { describeArtifacts } from '../../words/describe-artifacts.ts';
import { stepReason } from '../../words/describe-outcome.ts';
import { LiveArea } from './live-area.ts';
import { LiveProgress } from './live-progress.ts';
import { stageOverview, treeLines, type TreeOptions } from './live-tree.ts';
import { headerParts } from './run-header.ts';
import { linePrefix, prefixHead } from './line-prefix.ts';
import { RunView, type ShownLines } from './run-view.ts';
import { shortName, widestName } from './short-name.ts';
import { stepColour } from './step-colour.ts';
import { summaryLines } from './summary.ts';

export interface LiveOptions {
  readonly look: Look;
  readonly clock: Clock;
  /** The shell's working directory. */
  readonly here?: string;
  /** Whether to print observations of steps too. */
  readonly verbose: boolean;
}

const frameMs = 80;
/** When more is waiting, it is written before the next frame. */
const mostWaiting = 64 * 1024;
/** The end of a long run shows only its last stages. */
const mostStages = 30;

export class LiveReporter implements Reporter {
  readonly #view: RunView;
  readonly #progress = new LiveProgress();
  readonly #area = new LiveArea();
  readonly #stop = new AbortController();
  readonly #resized: Disposable;
  /** Whole lines for above the area that are not written yet. */
  #waiting = '';
  #footer: string | undefined;
  #activity: () => Activity | undefined = () => undefined;
  #headerShown = false;
  #held = false;
  /** Whether the screen is still writing a frame. */
  #writing = false;
  readonly #screen: Screen;
  readonly #options: LiveOptions;

  constructor(screen: Screen, options: LiveOptions) {
    this.#screen = screen;
    this.#options = options;
    this.#view = new RunView(options.look.colour);
    this.#resized = screen.onResize(() => void this.#frame());
    void this.#turn();
  }

  async event(event: StoredEvent): Promise<void> {
    const shown = this.#view.apply(event);
    this.#progress.apply(event, this.#view.state);
    if (shown !== undefined) this.#waiting += this.#outputText(shown);
    // The terminal wraps a step's output, so that it can be copied unchanged. Slipway wraps its own lines at spaces.
    for (const line of this.#facts(event)) for (const part of wrapText(line, this.#screen.columns)) this.#say(part);
    if (this.#waiting.length > mostWaiting) await this.#frame();
  }

  async notice(text: string): Promise<void> {
    this.#footer = text;
    await this.#frame();
  }

  watch(activity: () => Activity | undefined): void {
    this.#activity = activity;
  }

  async hold(): Promise<Disposable> {
    this.#held = true;
    await this.#screen.write(this.#area.close(this.#takeWaiting(), this.#screen.columns));
    return { [Symbol.dispose]: () => (this.#held = false) };
  }

  async end(): Promise<void> {
    this.#stop.abort();
    this.#resized[Symbol.dispose]();
    this.#held = true;
    this.#showHeader();
    const { look, here } = this.#options;
    const { columns } = this.#screen;
    const summary = summaryLines(this.#view.state, {
      look,
      columns,
      ...(here !== undefined && { here }),
      lastLines: (step) => this.#view.output.lastLines(step),
      exitCode: true,
    });
    const overview = this.#progress.stages.length > 1 ? stageOverview(this.#progress, this.#window(mostStages)) : [];
    for (const block of [overview, summary]) if (block.length > 0) this.#waiting += `\n${block.join('\n')}\n`;
    await this.#screen.write(this.#area.close(this.#takeWaiting(), columns));
  }

  async #turn(): Promise<void> {
    try {
      for (;;) {
        await this.#options.clock.sleep(frameMs, this.#stop.signal);
        if (!this.#writing) await this.#frame();
      }
    } catch {
      // `end` cancelled the wait.
    }
  }

  async #frame(): Promise<void> {
    if (this.#held) return;
    this.#writing = true;
    try {
      await this.#screen.write(this.#area.paint(this.#takeWaiting(), this.#lines(), this.#screen.columns));
    } finally {
      this.#writing = false;
    }
  }

  #lines(): string[] {
    const { rows } = this.#screen;
    if (isEnd(this.#view.state.status)) return [];
    const below = [...this.#busyWith(), ...this.#footerLines()];
    if (this.#progress.stages.length === 0) return below;
    const room = Math.max(3, Math.floor(rows / 3) - below.length);
    return [...treeLines(this.#progress, this.#window(room)), ...below];
  }

  /** Returns at most two lines. */
  #footerLines(): string[] {
    if (this.#footer === undefined) return [];
    const { look } = this.#options;
    const width = this.#screen.columns - 1;
    const [first = '', ...rest] = wrapText(this.#footer, width);
    const lines = rest.length === 0 ? [first] : [first, cutText(rest.join(' '), width, ellipsis(look))];
    return lines.map((line) => look.paint('yellow', line));
  }

  #busyWith(): string[] {
    const activity = this.#activity();
    const { look, clock } = this.#options;
    if (activity === undefined || clock.now() - activity.since < activityShownAfterMs) return [];
    return [look.paint('dim', cutText(describeActivity(activity), this.#screen.columns - 1, ellipsis(look)))];
  }

  #window(rows: number): TreeOptions {
    const { look, clock } = this.#options;
    return {
      look,
      columns: this.#screen.columns,
      rows,
      now: clock.now(),
      newest: (step) => this.#view.output.newest(step.planned.id),
    };
  }

  #takeWaiting(): string {
    const text = this.#waiting;
    this.#waiting = '';
    return text;
  }

  #say(line: string): void {
    this.#waiting += `${line}\n`;
  }

  #outputText(shown: ShownLines): string {
    const { look } = this.#options;
    const { step, who, lines } = shown;
    const name = step === undefined ? who : visible(step.planned.name);
    const head = prefixHead(shown, look) ?? look.paint(stepColour(name), this.#inColumn(name)) + separator(look, true);
    let text = '';
    for (const line of lines) text += `${head}${expandTabs(line, textWidth)}\n`;
    return text;
  }

  /**
   * Pads a name to one column for all steps of the run, so that their output is aligned. Cuts longer names. The summary
   * shows them in full.
   */
  #inColumn(name: string): string {
    const { columns } = this.#screen;
    const most = widestName(columns);
    const width = this.#progress.stages.reduce((widest, stage) => Math.max(widest, stage.nameWidth(most)), 0);
    return padText(shortName(name, columns, this.#options.look), width);
  }

  #facts(event: StoredEvent): string[] {
    const { look } = this.#options;
    switch (event.type) {
      case 'run.started':
        this.#showHeader();
        return [];
      case 'run.resumed':
        return ['resumed'];
      case 'run.noted':
        if (event.level === 'info' && !this.#options.verbose) return [];
        return describeNote(event).map((line) =>
          event.level === 'warning' ? look.paint('yellow', visible(line)) : visible(line),
        );
      case 'step.observed':
      case 'step.attempted':
      case 'step.finished':
      case 'output.lost':
        return this.#stepFacts(event);
      default:
        return [];
    }
  }

  #showHeader(): void {
    if (this.#headerShown) return;
    this.#headerShown = true;
    const { look } = this.#options;
    const parts = headerParts(this.#view.state, look);
    if (parts.length === 0) return;
    this.#say(
      cutText(
        [`slipway run  ${look.paint('bold', parts[0] ?? '')}`, ...parts.slice(1)].join('  '),
        this.#screen.columns - 1,
        ellipsis(look),
      ),
    );
  }

  #stepFacts(
    event: Extract<StoredEvent, { type: 'step.observed' | 'step.attempted' | 'step.finished' | 'output.lost' }>,
  ): string[] {
    const { look } = this.#options;
    if (event.type === 'output.lost' && 'workload' in event.from) {
      const text = look.paint('yellow', visible(describeLoss(event)));
      return [`${linePrefix(event.from, 'podAndContainer')} ${text}`];
    }
    const id = event.type === 'output.lost' ? ('step' in event.from ? event.from.step : undefined) : event.step;
    const step = id === undefined ? undefined : this.#view.state.steps.get(id);
    if (step === undefined) return [];
    const name = this.#inColumn(visible(step.planned.name));
    switch (event.type) {
      case 'step.observed':
        if (!this.#options.verbose && !isAlwaysShown(event.fact)) return [];
        return [`${name}   ${look.paint('dim', visible(describeObservation(event.fact)))}`];
      case 'step.attempted':
        return [
          `${name}   ${look.paint('yellow', `${describeAttempt(event.attempt, event.failure)}; attempt ${event.attempt + 1} begins`)}`,
        ];
      case 'output.lost':
        return [`${name}   ${look.paint('yellow', visible(describeLoss(event)))}`];
      case 'step.finished':
        return this.#stepEnd(step, name);
    }
  }

  #stepEnd(step: StepState, name: string): string[] {
    // A stage that was skipped or unselected reports itself.
    if (step.status === 'skipped' && this.#progress.stageOf(step.planned.id)?.state.status !== 'inProgress') return [];
    if (step.planned.notSelected !== undefined) return [];
    const { look } = this.#options;
    const why = stepReason(this.#view.state, step);
    const span = formatSpan(step.startedAt, step.finishedAt);
    // The mark already says that the step succeeded.
    const images = step.status === 'succeeded' ? describeArtifacts(step.artifacts) : '';
    const word =
      images === '' ? look.paint(statusColour(step.status), `${step.status}${why === '' ? '' : `: ${why}`}`) : images;
    return [`${statusMark(look, step.status)} ${name.trimEnd()}  ${word}${span === '' ? '' : `  ${span}`}`];
  }
}
