import { visible } from '../util/visible.ts';
import type { Connection } from '../runtime/runtime.ts';
import type { Invocation } from './invocation.ts';
import type { Reporter } from './reporter.ts';
import { stopOnSignal } from './stop-on-signal.ts';
import { wrapText } from './text/wrap-text.ts';

/**
 * Called when no container engine responds and stdin is a terminal: prints where Slipway looked and what to do, then
 * asks. Ctrl-C means no.
 */
export async function askForHost(
  invocation: Invocation,
  reporter: Reporter,
  connections: readonly Connection[],
): Promise<boolean> {
  const { host } = invocation;
  const held = await reporter.hold?.();
  using stop = stopOnSignal(host);
  try {
    const columns = host.stderr.isTerminal ? host.stderr.columns : undefined;
    await invocation.tell(...describeAbsence(connections).flatMap((line) => wrapText(line, columns)), '');
    const answer = await host.stdin.ask('Run the steps on this machine as your user instead? [y/N] ', {
      signal: stop.signal,
    });
    return /^\s*y(es)?\s*$/i.test(answer ?? '');
  } finally {
    held?.[Symbol.dispose]();
  }
}

function describeAbsence(connections: readonly Connection[]): string[] {
  const missing = connections.filter((one) => one.status === 'unavailable');
  const looked = missing.flatMap((one) => one.looked);
  const advice = [...new Set(missing.flatMap((one) => one.advice))];
  return [
    'No container engine answers; looked at',
    ...looked.map(({ where, result }) => `    ${visible(where)}: ${visible(result)}`),
    ...(advice.length === 0 ? [] : ['Do one of these:', ...advice.map((line) => `    ${visible(line)}`)]),
  ];
}
