import type { Command } from 'commander';
import type { OutputEvent, Seq, StoredEvent } from '../../events/event.ts';
import type { RunState, StepState } from '../../events/run-state.ts';
import { isEnd } from '../../model/status.ts';
import type { Screen } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { tailOf } from '../output/tail.ts';
import { TerminalText } from '../output/terminal-text.ts';
import { findRun, requireStep, stateOf } from '../reference/find-run.ts';
import { containerReferences, findStep } from '../reference/step-reference.ts';
import { stepColour } from '../reporters/step-colour.ts';
import { prefixHead } from '../reporters/line-prefix.ts';
import { pathColumn, RunView, stepPath, type ShownLines } from '../reporters/run-view.ts';
import { notEmpty, parseCount, parseNumber } from '../run-flags.ts';
import { stopOnSignal } from '../stop-on-signal.ts';
import type { OutputQuery, RunReader } from '../../store/store.ts';
import { separator } from '../text/symbols.ts';
import { padText } from '../text/text-width.ts';
import { UsageError } from '../usage-error.ts';

interface ByteSink extends Pick<Screen, 'closed'> {
  write(bytes: Uint8Array): Promise<void>;
}

interface LogsFlags {
  readonly follow?: boolean;
  readonly tail?: number;
  readonly attempt?: number;
}

export function define(command: Command, invocation: Invocation): void {
  command
    .argument('<run>', 'number, id, id prefix, or latest', notEmpty('RUN'))
    .argument('[step]', 'id, name, or STAGE/NAME', notEmpty('STEP'))
    .option('-f, --follow', 'keep printing until the run has ended')
    .option('--tail <lines>', 'only the last lines', parseNumber)
    .option('--attempt <n>', 'only this attempt of the step', parseCount)
    .action(
      invocation.action(
        async (run: string, step: string | undefined, flags: LogsFlags) => await logs(invocation, run, step, flags),
      ),
    );
  invocation.check(command, ({ attempt }, [run = 'RUN', step], { output }) => [
    ...(output === 'json'
      ? [
          new UsageError('logs prints raw bytes, so it does not support --output json', [
            `for JSON: ${invocation.slipway} events ${run} --type output`,
          ]),
        ]
      : []),
    ...(attempt !== undefined && step === undefined ? [new UsageError('--attempt requires a step')] : []),
  ]);
}

async function logs(
  invocation: Invocation,
  reference: string,
  stepReference: string | undefined,
  flags: LogsFlags,
): Promise<number> {
  const { id, store } = await findRun(invocation, reference);
  await using reader = await store.read(id);
  using stop = stopOnSignal(invocation.host);
  const state = await stateOf(reader);
  const planned = [...state.steps.values()].filter((step) => step.planned.notSelected === undefined);
  const [first] = planned;
  const query =
    stepReference === undefined
      ? planned.length === 1 && first !== undefined
        ? { step: first.planned.id }
        : undefined
      : ((await workloadQuery(reader, state, stepReference)) ?? {
          step: requireStep(state, stepReference, containerReferences(state)).planned.id,
        });
  if (query !== undefined) checkAttempt(state, query, flags);
  if (query !== undefined) await oneLog(invocation, reader, query, flags, stop.signal);
  else await prefixedLog(invocation, reader, flags, stop.signal);
  if (flags.follow === true && !stop.signal.aborted && !invocation.host.stdout.closed)
    await tellInterrupted(invocation, reference, reader);
  return 0;
}

/** Rejects `--attempt` with a number that the step does not have, and cannot get while its log is followed. */
function checkAttempt(state: RunState, { step: id }: OutputQuery, { attempt, follow }: LogsFlags): void {
  if (attempt === undefined) return;
  if (id === undefined) throw new UsageError('--attempt requires a step; containers have no attempts');
  const step = [...state.steps.values()].find(({ planned }) => planned.id === id);
  if (step === undefined || attempt <= step.attempt) return;
  if (follow === true && !isEnd(step.status) && !isEnd(state.status)) return;
  throw new UsageError(`step ${stepPath(step)} has no attempt ${attempt}`, [attemptsOf(step)]);
}

function attemptsOf({ attempt, status }: StepState): string {
  if (attempt > 0) return attempt === 1 ? 'it has attempt 1 only' : `it has attempts 1 to ${attempt}`;
  return status === 'notStarted' ? 'it has not started' : 'it never started';
}

/** Resolves WORKLOAD or WORKLOAD/CONTAINER, if that has output and no step has this name. */
async function workloadQuery(reader: RunReader, state: RunState, reference: string): Promise<OutputQuery | undefined> {
  if (findStep(state, reference).status !== 'none') return undefined;
  const [, workload = reference, container] = /^(.*)\/([^/]*)$/.exec(reference) ?? [];
  const query = { workload, ...(container !== undefined && { container }) };
  for await (const _ of reader.output(query, new AbortController().signal)) return query;
  return undefined;
}

/** Warns if the followed log ended because the run's owner died. Otherwise it would look like the end of the run. */
async function tellInterrupted(invocation: Invocation, reference: string, reader: RunReader): Promise<void> {
  const state = await stateOf(reader);
  if (!isEnd(state.status))
    await invocation.tell(
      `the run was interrupted: ${invocation.slipway} resume ${reference}   or   ${invocation.slipway} cancel ${reference}`,
    );
}

/** Prints the log of one step or workload: its raw bytes, or on a terminal its text. */
async function oneLog(
  invocation: Invocation,
  reader: RunReader,
  query: OutputQuery,
  flags: LogsFlags,
  signal: AbortSignal,
): Promise<void> {
  const { stdout } = invocation.host;
  if (!stdout.isTerminal) return await rawLog(reader, query, flags, stdout, signal);
  const text = new TerminalText(invocation.look().colour);
  const shown = {
    get closed() {
      return stdout.closed;
    },
    write: async (bytes: Uint8Array) => await stdout.write(text.push(bytes)),
  };
  await rawLog(reader, query, flags, shown, signal);
  await stdout.write(text.end());
}

/** Prints exactly the stored bytes, without a final newline. */
async function rawLog(
  reader: RunReader,
  subject: OutputQuery,
  flags: LogsFlags,
  stdout: ByteSink,
  signal: AbortSignal,
): Promise<void> {
  const query = { ...subject, ...(flags.attempt === undefined ? {} : { attempt: flags.attempt }) };
  let after: Seq = 0;
  if (flags.tail !== undefined) {
    const tail = await tailOf((tailBytes) => reader.output({ ...query, tailBytes }, signal), flags.tail);
    after = tail.seq;
    for (const chunk of tail.chunks) await stdout.write(chunk);
  } else {
    for await (const event of reader.output(query, signal)) {
      after = event.seq;
      await stdout.write(event.bytes);
      if (stdout.closed) return;
    }
  }
  if (flags.follow !== true) return;
  for await (const event of reader.follow(after, signal, 'finished')) {
    if (event.type === 'output' && isOf(event, query)) await stdout.write(event.bytes);
    if (stdout.closed) return;
  }
}

function isOf({ from }: OutputEvent, { step, attempt, workload, container }: OutputQuery): boolean {
  if ('step' in from) return from.step === step && (attempt === undefined || from.attempt === attempt);
  return 'workload' in from && from.workload === workload && (container === undefined || from.container === container);
}

/** Prints all output line by line, each line prefixed with its step. */
async function prefixedLog(
  invocation: Invocation,
  reader: RunReader,
  flags: LogsFlags,
  signal: AbortSignal,
): Promise<void> {
  const { stdout } = invocation.host;
  const prefixer = new Prefixer(invocation);
  const until = flags.follow === true ? 'finished' : 'now';
  if (flags.tail === undefined) {
    for await (const event of reader.follow(0, signal, until)) {
      await stdout.write(joined(prefixer.lines(event)));
      if (stdout.closed) return;
    }
    return await stdout.write(joined(prefixer.rest()));
  }
  let held: string[] = [];
  let seq: Seq = 0;
  for await (const event of reader.follow(0, signal, 'now')) {
    seq = event.seq;
    const lines = prefixer.lines(event);
    if (lines.length > 0) held = flags.tail === 0 ? [] : [...held, ...lines].slice(-flags.tail);
  }
  await stdout.write(joined(held));
  if (flags.follow === true) {
    for await (const event of reader.follow(seq, signal, 'finished')) {
      await stdout.write(joined(prefixer.lines(event)));
      if (stdout.closed) return;
    }
  }
  await stdout.write(joined(prefixer.rest()));
}

class Prefixer {
  readonly #view: RunView;
  #width = 0;
  readonly #invocation: Invocation;

  constructor(invocation: Invocation) {
    this.#invocation = invocation;
    this.#view = new RunView(invocation.look().colour);
  }

  lines(event: StoredEvent): string[] {
    const shown = this.#view.apply(event);
    if (event.type === 'iteration.planned') this.#width = pathColumn(this.#view.state.steps.values());
    return shown === undefined ? [] : this.#prefixed(shown);
  }

  /** Returns the unfinished lines of unfinished steps. */
  rest(): string[] {
    return [...this.#view.state.steps.values()]
      .filter((step) => step.status === 'inProgress')
      .flatMap((step) => {
        const lines = this.#view.output.finish({ step: step.planned.id, attempt: step.attempt });
        return lines.length === 0 ? [] : this.#prefixed({ step, who: stepPath(step), lines });
      });
  }

  #prefixed(shown: ShownLines): string[] {
    const { who, lines } = shown;
    const look = this.#invocation.look();
    const { isTerminal } = this.#invocation.host.stdout;
    const head =
      prefixHead(shown, look) ?? look.paint(stepColour(who), padText(who, this.#width)) + separator(look, isTerminal);
    return lines.map((line) => head + line);
  }
}

function joined(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
