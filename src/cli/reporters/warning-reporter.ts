import { renderDiagnostics } from '../../diagnostics/render.ts';
import type { StoredEvent } from '../../events/event.ts';
import { describeNote, describeObservation } from '../../words/describe-observation.ts';
import type { Reporter } from '../reporter.ts';
import { exitCodeOf } from '../exit-code.ts';
import type { Screen } from '../host.ts';
import { frameStyle } from '../text/frame-style.ts';
import type { Look } from '../text/look.ts';
import { visible } from '../../util/visible.ts';
import { QuietReporter } from './quiet-reporter.ts';
import { RunView } from './run-view.ts';

/** Prints the warnings of a run that succeeds, otherwise the summary. For a command whose result is the output of the run. */
export class WarningReporter implements Reporter {
  readonly #view: RunView;
  readonly #screen: Screen;
  readonly #look: Look;
  readonly #quiet: QuietReporter;

  constructor(screen: Screen, look: Look, here: string) {
    this.#screen = screen;
    this.#look = look;
    this.#view = new RunView(look.colour);
    this.#quiet = new QuietReporter(screen, look, here, this.#view);
  }

  async event(event: StoredEvent): Promise<void> {
    this.#quiet.event(event);
    const warnings = warningsOf(event);
    if (warnings.length > 0) await this.#screen.write(`${warnings.map(visible).join('\n')}\n`);
  }

  notice(text: string): Promise<void> {
    return this.#quiet.notice(text);
  }

  async end(): Promise<void> {
    const { state } = this.#view;
    if (exitCodeOf(state) === 0 && state.diagnostics.length > 0) {
      const columns = this.#screen.isTerminal ? this.#screen.columns : undefined;
      await this.#screen.write(renderDiagnostics(state.diagnostics, frameStyle(this.#look, columns)));
    }
    await this.#quiet.end();
  }
}

function warningsOf(event: StoredEvent): readonly string[] {
  if (event.type === 'run.noted') return event.level === 'warning' ? describeNote(event) : [];
  if (event.type !== 'step.observed') return [];
  const { fact } = event;
  return fact.type === 'noted' && fact.level === 'warning' ? [describeObservation(fact)] : [];
}
