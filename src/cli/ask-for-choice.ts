import { Cancelled } from '../model/outcome.ts';
import type { Invocation } from './invocation.ts';
import { stopOnSignal } from './stop-on-signal.ts';
import { wrapText } from './text/wrap-text.ts';

export interface Choice<Value> {
  readonly text: string;
  readonly value: Value;
}

/**
 * Asks at the terminal which one of numbered choices is meant, until there is an answer. The first one is numbered `from`. The end of
 * input and stop signals cancel.
 */
export async function askForChoice<Value>(
  invocation: Invocation,
  question: string,
  choices: readonly Choice<Value>[],
  from: 0 | 1,
): Promise<Value | Cancelled> {
  const { host } = invocation;
  using stop = stopOnSignal(host);
  const columns = host.stderr.isTerminal ? host.stderr.columns : undefined;
  const lines = choices.map(({ text }, i) => `  ${i + from}  ${text}`);
  await invocation.tell(...[question, ...lines].flatMap((line) => wrapText(line, columns)));
  for (;;) {
    const answer = await host.stdin.ask(`Which one? [${from}-${choices.length - 1 + from}] `, { signal: stop.signal });
    if (answer === undefined) return new Cancelled('user');
    const chosen = /^\s*\d{1,6}\s*$/.test(answer) ? choices[Number(answer) - from] : undefined;
    if (chosen) return chosen.value;
  }
}
