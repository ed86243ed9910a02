/** The reporter for everything but terminals: one line per fact, with the time, in order. */
import type { StoredEvent } from '../../events/event.ts';
import type { StageState, StepState } from '../../events/run-state.ts';
import { visible } from '../../util/visible.ts';
import { stepOrdinals } from '../../model/ids.ts';
import type { Activity } from '../../model/activity.ts';
import type { Clock } from '../../model/clock.ts';
import type { Screen } from '../host.ts';
import type { Reporter, StepTextOf } from '../reporter.ts';
import { formatDuration } from '../../words/duration.ts';
import type { Look } from '../text/look.ts';
import { clockTime } from '../../words/time.ts';
import { separator, statusColour } from '../text/symbols.ts';
import { padText } from '../text/text-width.ts';
import { activityShownAfterMs, describeActivity } from '../../words/describe-activity.ts';
import { describeAttempt } from '../../words/describe-failure.ts';
import { describeArtifacts } from '../../words/describe-artifacts.ts';
import { describeLoss, describeNote, describeObservation, isAlwaysShown } from '../../words/describe-observation.ts';
import { stepReason, stageReason } from '../../words/describe-outcome.ts';
import { stepColour } from './step-colour.ts';
import { headerParts, runtimeOf } from './run-header.ts';
import { linePrefix, prefixHead } from './line-prefix.ts';
import { pathColumn, RunView, stepPath, type ShownLines } from './run-view.ts';
import { stillRunning } from './still-running.ts';
import { summaryLines } from './summary.ts';

export interface PlainOptions {
  readonly look: Look;
  readonly clock: Clock;
  readonly stepTextOf: StepTextOf;
  /** The shell's working directory. */
  readonly here?: string;
  /** Whether to print observations of steps too. */
  readonly verbose: boolean;
}

/** Shows that a quiet run is still running. */
const heartbeatMs = 60_000;

export class PlainReporter implements Reporter {
  readonly #view: RunView;
  readonly #stop = new AbortController();
  #nameWidth = 0;
  #lastLineAt: number;
  readonly #screen: Screen;
  readonly #options: PlainOptions;

  constructor(screen: Screen, options: PlainOptions) {
    this.#screen = screen;
    this.#options = options;
    this.#view = new RunView(options.look.colour);
    this.#lastLineAt = options.clock.now();
    void this.#beat();
  }

  async event(event: StoredEvent): Promise<void> {
    const shown = this.#view.apply(event);
    const time = clockTime(event.at);
    const lines = [
      ...(shown === undefined ? [] : this.#outputLines(shown, time)),
      ...this.#facts(event).map((fact) => `${time} ${fact}`),
    ];
    if (lines.length === 0) return;
    this.#lastLineAt = this.#options.clock.now();
    await this.#screen.write(`${lines.join('\n')}\n`);
  }

  notice(text: string): Promise<void> {
    return this.#screen.write(`${clockTime(this.#options.clock.now())} ${text.replaceAll('\n', '\n         ')}\n`);
  }

  watch(activity: () => Activity | undefined): void {
    void this.#tellOf(activity);
  }

  async end(): Promise<void> {
    this.#stop.abort();
    const { look, here } = this.#options;
    const lines = summaryLines(this.#view.state, {
      look,
      ...(here !== undefined && { here }),
      lastLines: (step) => this.#view.output.lastLines(step),
      exitCode: true,
    });
    if (lines.length > 0) await this.#screen.write(`\n${lines.join('\n')}\n`);
  }

  /** Prints one line for each activity that takes a while. */
  async #tellOf(current: () => Activity | undefined): Promise<void> {
    const { clock } = this.#options;
    let told: number | undefined;
    try {
      for (;;) {
        await clock.sleep(activityShownAfterMs / 4, this.#stop.signal);
        const activity = current();
        if (activity === undefined || activity.since === told) continue;
        if (clock.now() - activity.since < activityShownAfterMs) continue;
        told = activity.since;
        await this.notice(describeActivity(activity));
      }
    } catch {
      // `end` cancelled the wait.
    }
  }

  async #beat(): Promise<void> {
    const { clock } = this.#options;
    try {
      for (;;) {
        await clock.sleep(Math.max(1000, this.#lastLineAt + heartbeatMs - clock.now()), this.#stop.signal);
        if (clock.now() - this.#lastLineAt < heartbeatMs) continue;
        this.#lastLineAt = clock.now();
        const lines = stillRunning(this.#view.state.steps.values(), clock.now());
        if (lines.length > 0)
          await this.#screen.write(lines.map((line) => `${clockTime(clock.now())} ${line}\n`).join(''));
      }
    } catch {
      // `end` cancelled the wait.
    }
  }

  #outputLines(shown: ShownLines, time: string): string[] {
    const { look } = this.#options;
    const head = `${time} ${prefixHead(shown, look) ?? this.#named(shown.who) + separator(look, false)}`;
    return shown.lines.map((line) => head + line);
  }

  #named(who: string): string {
    const { look } = this.#options;
    return look.paint(stepColour(who), padText(who, this.#nameWidth));
  }

  #facts(event: StoredEvent): string[] {
    const { state } = this.#view;
    switch (event.type) {
      case 'run.queued':
        return [`run ${headerParts(state, this.#options.look).join('  ')}`];
      case 'run.started':
        return runtimeOf(state) === '' ? [] : [`runs on ${runtimeOf(state)}`];
      case 'run.resumed':
        return ['resumed'];
      case 'run.noted':
        // Notes of level `info` are printed only with `--verbose`.
        if (event.level === 'info' && !this.#options.verbose) return [];
        return describeNote(event).map(visible);
      case 'iteration.planned':
        this.#nameWidth = pathColumn(state.steps.values());
        return [];
      case 'stage.finished':
        return this.#stageFacts(event.iteration, event.stage);
      case 'step.started':
      case 'step.observed':
      case 'step.attempted':
      case 'step.finished':
        return this.#stepFacts(event);
      case 'output.lost':
        return this.#lost(event);
      default:
        return [];
    }
  }

  #lost(event: Extract<StoredEvent, { type: 'output.lost' }>): string[] {
    const { from } = event;
    const text = visible(describeLoss(event));
    if ('step' in from) return this.#ofStep(from.step, (step) => `${this.#named(stepPath(step))}  ${text}`);
    return 'workload' in from ? [`${linePrefix(from, 'podAndContainer')} ${text}`] : [];
  }

  #stageFacts(iteration: number, ordinal: number): string[] {
    const stage = this.#view.state.iterations
      .find((one) => one.iteration === iteration)
      ?.stages.find((one) => one.planned.ordinal === ordinal);
    if (stage?.status !== 'skipped' || stage.because === 'notSelected') return [];
    return [`${this.#named(visible(stage.planned.name))}  skipped: ${stageReason(this.#view.state, stage)}`];
  }

  #stepFacts(
    event: Extract<StoredEvent, { type: 'step.started' | 'step.observed' | 'step.attempted' | 'step.finished' }>,
  ): string[] {
    return this.#ofStep(event.step, (step) => {
      const name = this.#named(stepPath(step));
      switch (event.type) {
        case 'step.started':
          return `${name}  started${this.#view.state.settings?.runtime === 'host' ? '' : `  ${visible(this.#options.stepTextOf(this.#view.state, step).summary)}`}`;
        case 'step.observed':
          return this.#options.verbose || isAlwaysShown(event.fact)
            ? `${name}  ${visible(describeObservation(event.fact))}`
            : undefined;
        case 'step.attempted':
          return `${name}  ${describeAttempt(event.attempt, event.failure)}; attempt ${event.attempt + 1} starts`;
        case 'step.finished':
          return this.#finished(step, name);
      }
    });
  }

  #finished(step: StepState, name: string): string | undefined {
    // A skipped stage reports itself once.
    if (step.status === 'skipped' && this.#stageOf(step)?.status !== 'inProgress') return undefined;
    const why = stepReason(this.#view.state, step);
    const images = describeArtifacts(step.artifacts);
    const took =
      step.startedAt === undefined || step.finishedAt === undefined
        ? ''
        : `  ${formatDuration(step.finishedAt - step.startedAt)}`;
    return `${name}  ${this.#options.look.paint(statusColour(step.status), step.status)}${took}${why === '' ? '' : `: ${why}`}${images === '' ? '' : `  ${images}`}`;
  }

  #stageOf(step: StepState): StageState | undefined {
    const { iteration, stage } = stepOrdinals(step.planned.id);
    return this.#view.state.iterations
      .find((one) => one.iteration === iteration)
      ?.stages.find((one) => one.planned.ordinal === stage);
  }

  #ofStep(id: StepState['planned']['id'], say: (step: StepState) => string | undefined): string[] {
    const step = this.#view.state.steps.get(id);
    const line = step === undefined ? undefined : say(step);
    return line === undefined ? [] : [line];
  }
}
