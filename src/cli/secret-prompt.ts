import { visible } from '../util/visible.ts';
import { Cancelled } from '../model/outcome.ts';
import type { Invocation } from './invocation.ts';
import type { Reporter } from './reporter.ts';
import type { AskForSecret } from '../runs/services.ts';
import { stopOnSignal } from './stop-on-signal.ts';

/** Returns how a request asks for passwords on a terminal. Returns {} elsewhere. */
export function secretPrompt(invocation: Invocation, reporter: Reporter): { readonly askForSecret?: AskForSecret } {
  const { stdin, stderr } = invocation.host;
  if (!stdin.isTerminal || !stderr.isTerminal || invocation.json) return {};
  return { askForSecret: async (name, wrong = false) => await askForSecret(invocation, reporter, name, wrong) };
}

/** Asks for a password without echo, below what is shown. Ctrl-C or another stop signal cancels. */
async function askForSecret(
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
