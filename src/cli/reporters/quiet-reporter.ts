import type { StoredEvent } from '../../events/event.ts';
import type { Screen } from '../host.ts';
import type { Reporter } from '../reporter.ts';
import { exitCodeOf } from '../exit-code.ts';
import type { Look } from '../text/look.ts';
import { RunView } from './run-view.ts';
import { summaryLines } from './summary.ts';

/** Prints nothing for a run that succeeds, otherwise the summary. */
export class QuietReporter implements Reporter {
  readonly #view: RunView;
  readonly #screen: Screen;
  readonly #look: Look;
  /** The shell's working directory. */
  readonly #here: string;

  /** @param view what the run is like. Another reporter may read it, too */
  constructor(screen: Screen, look: Look, here: string, view = new RunView(look.colour)) {
    this.#screen = screen;
    this.#look = look;
    this.#here = here;
    this.#view = view;
  }

  event(event: StoredEvent): void {
    this.#view.apply(event);
  }

  notice(text: string): Promise<void> {
    return this.#screen.write(`${text}\n`);
  }

  async end(): Promise<void> {
    if (exitCodeOf(this.#view.state) === 0) return;
    const lines = summaryLines(this.#view.state, {
      look: this.#look,
      here: this.#here,
      ...(this.#screen.isTerminal ? { columns: this.#screen.columns } : {}),
      lastLines: (step) => this.#view.output.lastLines(step),
      exitCode: true,
    });
    await this.#screen.write(`${lines.join('\n')}\n`);
  }
}
