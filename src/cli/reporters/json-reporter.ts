import type { StoredEvent } from '../../events/event.ts';
import type { Screen } from '../host.ts';
import type { Reporter } from '../reporter.ts';
import { eventToJson } from '../../events/event-json.ts';

/** Prints the events, one a line. */
export class JsonReporter implements Reporter {
  constructor(
    private readonly stdout: Screen,
    private readonly stderr: Screen,
  ) {}

  event(event: StoredEvent): Promise<void> {
    return this.stdout.write(`${eventToJson(event)}\n`);
  }

  notice(text: string): Promise<void> {
    return this.stderr.write(`${text}\n`);
  }

  end(): void {}
}
