/**
 * Shows a run that this process owns until it ends. Ctrl-C cancels the run, and a second Ctrl-C stops it immediately.
 */
import { visible } from '../util/visible.ts';
import { currentIteration, applyEvent, emptyRunState, type RunState } from '../events/run-state.ts';
import { exitCodeOf } from './exit-code.ts';
import { exitCodes } from './host.ts';
import type { Invocation } from './invocation.ts';
import type { Reporter } from './reporter.ts';
import { cleanCommand } from './reference/clean-command.ts';
import { stepPath } from './reporters/run-view.ts';
import type { DrivenRun } from '../runs/run-service.ts';
import { isStoreError } from './is-store-error.ts';
import { settlesWithin } from '../util/settles-within.ts';

/** How long an immediate stop may take to report what it left behind. */
const lastWordsMs = 1_000;

export async function driveToEnd(invocation: Invocation, run: DrivenRun, reporter: Reporter): Promise<number> {
  const state = emptyRunState();
  const stopping = new AbortController();
  const shown = new Shown(reporter);
  reporter.watch?.(() => run.activity());
  const interrupts = new Interrupts(invocation, run, shown, state);
  using _signals = invocation.host.onSignal((signal) => interrupts.take(signal));
  // The log can no longer be written. Show what it contains, then the cause.
  run.done.catch(() => stopping.abort());
  const toEnd = show(run, shown, state, stopping.signal, () => interrupts.withoutReader());
  const code = await Promise.race([toEnd.then(() => undefined), interrupts.gone]);
  if (code !== undefined) return code;
  try {
    return exitCodeOf(await run.done);
  } catch (error) {
    if (!isStoreError(error)) throw error;
    await invocation.tell(
      `error: the run was stopped: ${error.message}`,
      ...(error.help === undefined ? [] : [`  ${error.help}`]),
    );
    return exitCodes.unavailable;
  }
}

async function show(
  run: DrivenRun,
  shown: Shown,
  state: RunState,
  signal: AbortSignal,
  afterEach: () => void,
): Promise<void> {
  for await (const event of run.events.follow(0, signal, 'finished')) {
    applyEvent(state, event);
    await shown.reporter.event(event);
    afterEach();
  }
  await shown.end();
}

/** A reporter that ends only once, though two callers may end it. */
class Shown {
  #ended: Promise<void> | undefined;

  constructor(readonly reporter: Reporter) {}

  end(): Promise<void> {
    this.#ended ??= Promise.resolve(this.reporter.end());
    return this.#ended;
  }
}

class Interrupts {
  #count = 0;
  /** Resolves with the exit code after an immediate stop. */
  readonly gone: Promise<number>;
  #leave: (code: number) => void = () => {};
  readonly #invocation: Invocation;
  readonly #run: DrivenRun;
  readonly #shown: Shown;
  readonly #state: RunState;

  constructor(invocation: Invocation, run: DrivenRun, shown: Shown, state: RunState) {
    this.#invocation = invocation;
    this.#run = run;
    this.#shown = shown;
    this.#state = state;
    this.gone = new Promise((resolve) => (this.#leave = resolve));
  }

  take(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void {
    this.#count++;
    if (this.#count === 1) {
      this.#run.cancel(signal === 'SIGINT' ? 'user' : 'shutdown');
      void this.#shown.reporter.notice(whatItWaitsFor(this.#state));
    } else if (this.#count === 2) {
      this.#run.cancel('user');
      void this.#stopAtOnce();
    } else {
      this.#invocation.host.exit(exitCodes.cancelled);
    }
  }

  /** Ends a run that only follows its deploy once nobody reads what it shows (`| head`). Otherwise it would go on unseen. */
  withoutReader(): void {
    if (this.#count > 0 || !this.#invocation.host.stdout.closed || !isFollowing(this.#state)) return;
    this.#count++;
    this.#run.cancel('user');
  }

  async #stopAtOnce(): Promise<void> {
    const { host } = this.#invocation;
    this.#invocation.abandoned = true;
    const ended = this.#run.done.then(
      async () => await this.#shown.end(),
      () => {},
    );
    await settlesWithin(ended, lastWordsMs, host.clock);
    const left = this.#run.leftBehind();
    if (left.length > 0) {
      const lines = left.map((workload) => `  ${workload.name}  ${workload.runtime}, ${workload.state}`);
      const removes = `${cleanCommand(this.#state)} removes it`;
      const told = this.#invocation.tell('stopped immediately; left behind:', ...lines, removes);
      await settlesWithin(told, lastWordsMs, host.clock);
    }
    this.#leave(exitCodes.cancelled);
  }
}

/** The end of what only follows a deploy is no cancellation. */
function isFollowing(state: RunState): boolean {
  const stages = currentIteration(state)?.stages ?? [];
  return stages.some(({ status, planned }) => status === 'inProgress' && planned.phase === 'follow');
}

function whatItWaitsFor(state: RunState): string {
  if (isFollowing(state)) return 'stopping; press Ctrl-C again to stop immediately';
  const running = [...state.steps.values()].filter((step) => step.status === 'inProgress').map(stepPath);
  const named = running.slice(0, 3).join(', ') + (running.length > 3 ? ` and ${running.length - 3} more` : '');
  const stages = currentIteration(state)?.stages ?? [];
  const always = stages.filter(
    ({ status, planned }) =>
      status === 'notStarted' && planned.runsIf === 'always' && planned.notSelected === undefined,
  );
  const then =
    always.length === 0 ? '' : `, then ${always.map(({ planned }) => visible(planned.name)).join(', ')} (always)`;
  // A narrow terminal cuts the end, so what to do comes first.
  const waiting = named === '' && then === '' ? '' : `; waiting for ${named || 'the running stage'}${then}`;
  return `cancelling; press Ctrl-C again to stop immediately${waiting}`;
}
