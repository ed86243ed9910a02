import type { Failure } from '../../../model/outcome.ts';
import { signalOf } from '../../exit-signal.ts';
import { memoryText } from '../../memory-text.ts';
import type { Exit } from '../../runtime.ts';
import { EngineLost, hasStatus, isGone } from '../api/engine-error.ts';
import { hasEnded, timeOf, type EngineSession, type InspectedContainer } from '../api/engine-session.ts';
import type { FirstEnd } from './first-end.ts';
import type { LiveOutput } from './live-output.ts';
import { retryLost } from '../api/retry-lost.ts';

const betweenMs = 20;
const killedCode = 137;
/** As shells say it. */
const cannotRun = 126;
const noSuchCommand = 127;

/** A container whose end is waited for. */
export interface EndingContainer {
  readonly id: string;
  /**
   * When the process began whose end is waited for, in milliseconds since 1970 by the engine's clock; absent where
   * nobody can know.
   */
  readonly startedAt?: number;
  /** Its live stream; absent where there is none. */
  readonly live?: LiveOutput;
  /** Docker's answer to a wait from before the start; absent where there is none. */
  readonly firstEnd?: FirstEnd;
  /** Whether this process has killed it by force. */
  readonly killed?: () => boolean;
  /** Called when the wait broke off and goes on. */
  readonly onInterrupted?: () => void;
}

/**
 * Waits for a container's end. Docker: `wait` answers as soon as `inspect` would (both wait 45 to 55 ms for the network
 * to be torn down after the output's end). Podman: the output's end, then `inspect`: 4 to 14 ms; its `wait` comes 230
 * to 330 ms later and makes others wait for the container's lock.
 */
export async function containerEnd(session: EngineSession, container: EndingContainer): Promise<Exit> {
  try {
    const exit = (await witnessedEnd(session, container)) ?? (await inspectedEnd(session, container));
    return await withoutProgram(session, container.id, exit);
  } catch (error) {
    if (isGone(error))
      return { failure: { code: 'workload-deleted', detail: 'the container was removed by somebody else' } };
    if (error instanceof EngineLost) return { failure: { code: 'runtime-lost', detail: error.message } };
    throw error;
  }
}

/**
 * The end as the connections show it that were made before the start; `undefined` where there are none or they broke.
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

/** Asks what the container is like until it has ended, and waits in between. */
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

/** How the process ended that was started here; `undefined` while it runs. */
function exitSeen(session: EngineSession, ending: EndingContainer, inspected: InspectedContainer): Exit | undefined {
  const restarted = restartOf(inspected.State, ending.startedAt);
  if (restarted !== undefined) return { failure: restarted };
  if (!hasEnded(inspected.State)) return undefined;
  return session.flavor === 'podman' ? podmanExit(ending, inspected) : dockerExit(ending, inspected);
}

/**
 * The failure where the container runs, or ran, another process than the one that began at `began`. A container that
 * has not been restarted knows no end while it runs.
 */
export function restartOf(state: InspectedContainer['State'], began: number | undefined): Failure | undefined {
  const startedAt = timeOf(state.StartedAt);
  const isOther = began !== undefined && startedAt !== began;
  const runsAgain = state.Running && timeOf(state.FinishedAt) !== undefined;
  if (!isOther && !runsAgain) return undefined;
  const when = startedAt === undefined ? '' : ` at ${new Date(startedAt).toISOString()}`;
  return { code: 'workload-restarted', detail: `the container was started again${when}` };
}

/**
 * An init starts also where there is nothing that it could run, ends with 127 as a shell does that finds no command,
 * and says why only in the output, each in its own words. So whoever ends like this is asked for its program.
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
  // Also for a green one: a process that is stopped for a restart may exit with 0.
  const inspected = await inspect(session, container.id);
  const restarted = restartOf(inspected.State, container.startedAt);
  return restarted === undefined
    ? dockerExit(container, { ...inspected, State: { ...inspected.State, ExitCode: code } })
    : { failure: restarted };
}

/**
 * Docker is told of a kill for want of memory by an event of its own, and forgets it where that comes after the event
 * of the end.
 */
export function dockerExit(
  { killed }: EndingContainer,
  inspected: Pick<InspectedContainer, 'State' | 'HostConfig'>,
): Exit {
  return exitOf({ ...inspected, State: { ...inspected.State, OOMKilled: killedForMemory(inspected, killed) } });
}

/** With a limit set, a kill that was not ours is taken for the kernel's, also where the engine does not say so. */
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

/** Resolves when the container does not run. What it says is left to `inspect`, which also says whose end it is. */
async function waitOf({ flavor, engine, bare }: EngineSession, id: string): Promise<void> {
  const deadlineMs = 'never';
  if (flavor === 'docker') {
    await engine.json('POST', `/containers/${id}/wait`, { query: { condition: 'not-running' }, deadlineMs });
    return;
  }
  // Podman's own call, whose pace can be set; that of the Docker API looks every 250 ms.
  const path = `/v4.0.0/libpod/containers/${id}/wait?condition=exited&condition=stopped&interval=50ms`;
  await bare.json('POST', path, { deadlineMs });
}

/**
 * What Podman leaves out. Podman 4.3 never says `OOMKilled` where conmon cannot see the memory group's events (cgroups
 * of version 1). And its init ends with 1 where shells and Docker's say 127.
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

/** The same, asked again while the answer gets lost. @param signal keeps it from asking again */
export async function inspectAgain(
  session: EngineSession,
  id: string,
  signal?: AbortSignal,
): Promise<InspectedContainer> {
  return await retryLost(session.clock, async () => await inspect(session, id), signal);
}

/** What an ended container says of itself. */
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
