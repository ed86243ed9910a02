import { InvalidArgumentError, Option, type Command } from 'commander';
import type { EventType } from '../../events/event.ts';
import { eventTypes } from '../../events/event-types.ts';
import type { EventPage } from '../../store/store.ts';
import type { Invocation } from '../invocation.ts';
import { findRun } from '../reference/find-run.ts';
import { collect, notEmpty, parseNumber } from '../run-flags.ts';
import { stopOnSignal } from '../stop-on-signal.ts';

interface EventsFlags {
  readonly follow?: boolean;
  readonly after: number;
  readonly type?: readonly EventType[];
}

export function define(command: Command, invocation: Invocation): void {
  command
    .argument('<run>', 'number, id, id prefix, or latest', notEmpty('RUN'))
    .option('-f, --follow', 'keep printing until the run has ended')
    .option('--after <seq>', 'only events with a higher number', parseNumber, 0)
    .addOption(new Option('--type <type>', 'only this type; repeatable').choices(eventTypes).argParser(typed))
    .action(
      invocation.action(async (reference: string, flags: EventsFlags) => await events(invocation, reference, flags)),
    );
}

function typed(value: string, before: readonly string[] | undefined): string[] {
  if (!eventTypes.includes(value)) throw new InvalidArgumentError(`Allowed choices are ${eventTypes.join(', ')}.`);
  return collect(value, before);
}

async function events(invocation: Invocation, reference: string, flags: EventsFlags): Promise<number> {
  const { stdout } = invocation.host;
  const { id, store } = await findRun(invocation, reference);
  const wanted = flags.type === undefined ? undefined : new Set<string>(flags.type);
  await using reader = await store.read(id);
  using stop = stopOnSignal(invocation.host);
  const what = wanted === undefined || wanted.has('output') ? 'all' : 'structural';
  for await (const page of reader.pages(flags.after, stop.signal, flags.follow === true ? 'finished' : 'now', what)) {
    await stdout.write(wanted === undefined ? page.json : linesOf(page, wanted));
    if (stdout.closed) break;
  }
  return 0;
}

function linesOf({ events, lines }: EventPage, wanted: ReadonlySet<string>): Uint8Array {
  return Buffer.concat(lines.filter((_, index) => wanted.has(events[index]?.type ?? '')));
}
