import { visible } from '../util/visible.ts';
import { Cancelled } from '../model/outcome.ts';
import type { Invocation } from './invocation.ts';
import type { Reporter } from './reporter.ts';
import { stopOnSignal } from './stop-on-signal.ts';

/** Asks for a password without echo, below what is shown. Ctrl-C or another stop signal cancels. */
export async function askForSecret(
  invocation: Invocation,
  reporter: Reporter,
  name: string,
  wrong: boolean,
): Promise<string | undefined | Cancelled> {
  const { host } = invocation;
  using _held = await reporter.hold?.();
  using stop = stopOnSignal(host);
  const interrupt = new AbortController();
  if (wrong) await invocation.tell(`this is not the ${visible(name)} that the run started with`);
  const answer = await host.stdin.ask(`${visible(name)}: `, {
    hidden: true,
    signal: stop.signal,
    interrupted: () => interrupt.abort(),
  });
  return interrupt.signal.aborted || stop.signal.aborted ? new Cancelled('user') : answer;
}
