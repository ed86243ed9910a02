import type { Connection } from '../runtime/runtime.ts';
import type { Invocation } from './invocation.ts';
import type { Reporter } from './reporter.ts';

/** No engine answers and somebody sits there: says what was looked at and what can be done, and asks. */
export async function askForHost(invocation: Invocation, reporter: Reporter, connections: readonly Connection[]): Promise<boolean> {
  const held = await reporter.hold?.();
  try {
    await invocation.tell(...describeConnections(connections), '');
    const answer = await invocation.host.stdin.ask('Run the steps on this machine instead, as you? [y/N] ');
    return /^\s*y(es)?\s*$/i.test(answer ?? '');
  } finally {
    held?.[Symbol.dispose]();
  }
}

export function describeConnections(connections: readonly Connection[]): string[] {
  const missing = connections.filter((one) => one.status === 'unavailable');
  const looked = missing.flatMap((one) => one.looked);
  const advice = [...new Set(missing.flatMap((one) => one.advice))];
  return [
    'No container engine answers.',
    ...looked.map(({ where, result }) => `  ${where}: ${result}`),
    ...advice.map((line, i) => `  ${i === 0 ? 'start one:          ' : '                    '}${line}`),
    '  or run on the host: slipway run --on host      the steps then run as you, on this machine',
  ];
}
