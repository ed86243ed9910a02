import type { Failure } from '../../../model/outcome.ts';
import { signalOf } from '../../exit-signal.ts';
import { memoryText } from '../../../util/memory-text.ts';
import type { Exit } from '../../runtime.ts';
import { EngineLost, hasStatus, isNotFound } from '../api/engine-error.ts';
import { hasEnded, timeOf, type EngineSession, type InspectedContainer } from '../api/engine-session.ts';
import type { FirstEnd } from './first-end.ts';
import type { LiveOutput } from './live-output.ts';
import { retryLost } from '../api/retry-lost.ts';

const betweenMs = 20;
/** How long Podman waits before the container is inspected again. */
const recheckMs = 1_000;
const killedCode = 137;
/** The exit code of shells for a command that cannot be run. */
const cannotRun = 126;
const noSuchCommand = 127;

/** A container to wait for. */
export interface EndingContainer {
  readonly id: string;
  /** The start time of the awaited process, in milliseconds since 1970 by the engine's clock. Absent if unknown. */
  readonly startedAt?: number;
  /** The container's live stream, if there is one. */
  readonly live?: LiveOutput;
  /** Docker's response to a wait that began before the start, if there is one. */
  readonly firstEnd?: FirstEnd;
  /** Reports whether this process killed the container by force. */
  readonly killed?: () => boolean;
  /** Called when the wait broke off and is retried. */
  readonly onInterrupted?: () => void;
}

/**
 * Waits for a container's end. Docker: `wait` responds as soon as `inspect` would; both take 45 to 55 ms after the
 * output's end to tear down the network. Podman: the output's end, then `inspect` takes 4 to 14 ms. Podman's `wait`
 * takes 230 to 330 ms longer and blocks others on the container's lock.
 */
export async function containerEnd(session: EngineSession, container: EndingContainer): Promise<Exit> {
  try {
    const exit = (await witnessedEnd(session, container)) ?? (await inspectedEnd(session, container));
    return await withoutProgram(session, container.id, exit);
  } catch (error) {
    if (isNotFound(error))
      return { failure: { code: 'workload-deleted', detail: 'the container was removed by another client' } };
    if (error instanceof EngineLost) return { failure: { code: 'runtime-lost', detail: error.message } };
    throw error;
  }
}

/**
 * Returns the end from the connections that were opened before the start; `undefined` if there are none or they broke.
 */
async function witnessedEnd(session: EngineSession, container: EndingContainer): Promise<Exit | undefined> {
  try {
    return session.flavor === 'podman'
      ? await witnessedOnPodman(session, container)
      : await witnessedOnDocker(session, container);
  } catch (error) {
    if (!(error instanceof EngineLost)) throw error;
    await inspectAgain(session, container.id);
    container.onInterrupted?.();
    return undefined;
  }
}

/** Inspects the container until it has ended, and waits in between. */
async function inspectedEnd(session: EngineSession, container: EndingContainer): Promise<Exit> {
  for (;;) {
    const exit = exitSeen(session, container, await inspectAgain(session, container.id));
    if (exit !== undefined) return exit;
    try {
      await waitOf(session, container.id);
    } catch (error) {
      if (!(error instanceof EngineLost)) throw error;
      container.onInterrupted?.();
    }
    await session.clock.sleep(betweenMs);
  }
}

/** Returns how the started process ended; `undefined` while it runs. */
function exitSeen(session: EngineSession, ending: EndingContainer, inspected: InspectedContainer): Exit | undefined {
  const restarted = restartOf(inspected.State, ending.startedAt);
  if (restarted !== undefined) return { failure: restarted };
  if (!hasEnded(inspected.State)) return undefined;
  return session.flavor === 'podman' ? podmanExit(ending, inspected) : dockerExit(ending, inspected);
}

/**
 * Returns the failure if the container runs or ran another process than the one that started at `began`. A container
 * that was never restarted has no end time while it runs.
 */
export function restartOf(state: InspectedContainer['State'], began: number | undefined): Failure | undefined {
  const startedAt = timeOf(state.StartedAt);
  const isOther = began !== undefined && startedAt !== began;
  const runsAgain = state.Running && timeOf(state.FinishedAt) !== undefined;
  if (!isOther && !runsAgain) return undefined;
  const when = startedAt === undefined ? '' : ` at ${new Date(startedAt).toISOString()}`;
  return { code: 'workload-restarted', detail: `another client restarted the container${when}` };
}

/**
 * Checks whether an exit with 127 means a missing program. A container's init starts even without a program to run. It
 * exits with 127, like a shell that finds no command, and prints a reason that differs between inits. So this function
 * looks for the program.
 */
async function withoutProgram(session: EngineSession, id: string, exit: Exit): Promise<Exit> {
  if (!('code' in exit) || exit.code !== noSuchCommand) return exit;
  const [program] = (await inspect(session, id)).Config.Entrypoint ?? [];
  if (program?.startsWith('/') !== true) return exit;
  try {
    (await session.engine.open('HEAD', `/containers/${id}/archive`, { query: { path: program } })).resume();
    return exit;
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
    const failure: Failure = { code: 'start-failed', detail: `the image has no ${program}`, cause: 'no-program' };
    return { failure, ...(exit.at !== undefined && { at: exit.at }) };
  }
}

async function witnessedOnDocker(session: EngineSession, container: EndingContainer): Promise<Exit | undefined> {
  if (container.firstEnd === undefined) return undefined;
  const { StatusCode: code } = await container.firstEnd.answer;
  // Also after a success: a process that is stopped for a restart may exit with 0.
  const inspected = await inspect(session, container.id);
  const restarted = restartOf(inspected.State, container.startedAt);
  return restarted === undefined
    ? dockerExit(container, { ...inspected, State: { ...inspected.State, ExitCode: code } })
    : { failure: restarted };
}

/**
 * Returns the exit on Docker. Docker reports an out-of-memory kill by a separate event, and loses it if that event
 * follows the one of the end.
 */
export function dockerExit(
  { killed }: EndingContainer,
  inspected: Pick<InspectedContainer, 'State' | 'HostConfig'>,
): Exit {
  return exitOf({ ...inspected, State: { ...inspected.State, OOMKilled: killedForMemory(inspected, killed) } });
}

/**
 * Treats a SIGKILL that Slipway did not send as out of memory if there is a limit, even if the engine does not report
 * it.
 */
function killedForMemory(
  { State: state, HostConfig: host }: Pick<InspectedContainer, 'State' | 'HostConfig'>,
  killed: EndingContainer['killed'],
): boolean {
  return state.OOMKilled || (state.ExitCode === killedCode && (host.Memory ?? 0) > 0 && killed?.() !== true);
}

async function witnessedOnPodman(session: EngineSession, container: EndingContainer): Promise<Exit | undefined> {
  if ((await container.live?.stopped) !== 'ended') return undefined;
  for (const pause of [2, 4, 8, 16, 32, 64, 128, 256]) {
    const exit = exitSeen(session, container, await inspect(session, container.id));
    if (exit !== undefined) return exit;
    await session.clock.sleep(pause);
  }
  return undefined;
}

/** Resolves when the container is not running. `inspect` then says how and which process ended. */
async function waitOf({ flavor, engine, bare, clock }: EngineSession, id: string): Promise<void> {
  const deadlineMs = 'never';
  if (flavor === 'docker') {
    await engine.json('POST', `/containers/${id}/wait`, { query: { condition: 'not-running' }, deadlineMs });
    return;
  }
  // Use Podman's own call with a short interval. The Docker-compatible call checks only every 250 ms.
  const path = `/v4.0.0/libpod/containers/${id}/wait?condition=exited&condition=stopped&interval=50ms`;
  // Podman checks only at each interval, so it misses a container that another client stops and starts in between.
  const ended = new AbortController();
  const recheck = new AbortController();
  void clock.sleep(recheckMs, ended.signal).then(
    () => recheck.abort(),
    () => undefined,
  );
  try {
    await bare.json('POST', path, { deadlineMs, signal: recheck.signal });
  } catch (error) {
    if (!recheck.signal.aborted) throw error;
  } finally {
    ended.abort();
  }
}

/**
 * Returns the exit on Podman. Podman 4.3 does not set `OOMKilled` on cgroups v1. Its init exits with 1 where shells and
 * Docker's init exit with 127.
 */
export function podmanExit(
  { live, killed }: EndingContainer,
  { State: state, HostConfig: host }: Pick<InspectedContainer, 'State' | 'HostConfig'>,
): Exit {
  const notRun =
    state.ExitCode === 1
      ? /^ERROR \(catatonit:\d+\): failed to exec pid1: (.*)/.exec(live?.opening.toString() ?? '')
      : null;
  const exitCode =
    notRun === null ? state.ExitCode : /permission|format/i.test(notRun[1] ?? '') ? cannotRun : noSuchCommand;
  return exitOf({
    State: { ...state, ExitCode: exitCode, OOMKilled: killedForMemory({ State: state, HostConfig: host }, killed) },
    HostConfig: host,
  });
}

export async function inspect(session: EngineSession, id: string): Promise<InspectedContainer> {
  return await session.engine.json<InspectedContainer>('GET', `/containers/${id}/json`);
}

/**
 * Inspects a container. Retries while the response is lost.
 * @param signal stops the retries
 */
export async function inspectAgain(
  session: EngineSession,
  id: string,
  signal?: AbortSignal,
): Promise<InspectedContainer> {
  return await retryLost(session.clock, async () => await inspect(session, id), signal);
}

/** Returns the exit from the state of an ended container. */
export function exitOf({ State: state, HostConfig: host }: Pick<InspectedContainer, 'State' | 'HostConfig'>): Exit {
  const at = timeOf(state.FinishedAt);
  const when = at === undefined ? {} : { at };
  const failure = redFailure(state, host);
  if (failure) return { failure, ...when };
  const signal = signalOf(state.ExitCode);
  return { code: state.ExitCode, ...(signal !== undefined && { signal }), ...when };
}

function redFailure(state: InspectedContainer['State'], host: InspectedContainer['HostConfig']): Failure | undefined {
  if (state.OOMKilled && state.ExitCode !== 0)
    return { code: 'out-of-memory', ...(host.Memory && { limit: memoryText(host.Memory) }) };
  if (state.Error && /no space left on device/i.test(state.Error))
    return { code: 'disk-full', where: 'the container engine', detail: state.Error };
  return undefined;
}
