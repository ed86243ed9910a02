import type { StoredEvent } from '../../events/event.ts';
import type { Screen } from '../host.ts';
import type { Reporter } from '../reporter.ts';
import { eventToJson } from '../../events/event-json.ts';

/** Prints the events, one a line. */
export class JsonReporter implements Reporter {
  readonly #stdout: Screen;
  readonly #stderr: Screen;

  constructor(stdout: Screen, stderr: Screen) {
    this.#stdout = stdout;
    this.#stderr = stderr;
  }

  event(event: StoredEvent): Promise<void> {
    return this.#stdout.write(`${eventToJson(event)}\n`);
  }

  notice(text: string): Promise<void> {
    return this.#stderr.write(`${text}\n`);
  }

  end(): void {}
}
