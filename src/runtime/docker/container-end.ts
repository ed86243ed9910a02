import type { Failure } from '../../model/outcome.ts';
import { signalOf } from '../exit-signal.ts';
import { memoryText } from '../memory-text.ts';
import type { Exit } from '../runtime.ts';
import { EngineClosed, EngineLost, hasStatus, isGone } from './engine-error.ts';
import { hasEnded, type EngineSession, type InspectedContainer } from './engine-session.ts';
import type { LiveOutput } from './live-output.ts';

/** An engine that restarts or a connection that was cut in between is asked again after these. */
const againAfterMs = [100, 400, 1_500];
const betweenMs = 20;
const killedCode = 137;
/** As shells say it. */
const cannotRun = 126;
const noSuchCommand = 127;

/** A container whose end is waited for. */
export interface EndingContainer {
  readonly id: string;
  /** Its live stream; absent where there is none. */
  readonly live?: LiveOutput;
  /** Whether this process has killed it by force. */
  readonly killed?: () => boolean;
  /** Called when the wait broke off and goes on. */
  readonly onInterrupted?: () => void;
}

/**
 * Waits for a container's end.
 * Docker: `wait` answers as soon as `inspect` would (both wait 45 to 55 ms for the network to be torn down after the output's end).
 * Podman: the output's end, then `inspect`: 4 to 14 ms; its `wait` comes 230 to 330 ms later and makes others wait for the container's lock.
 */
export async function containerEnd(session: EngineSession, container: EndingContainer): Promise<Exit> {
  try {
    for (;;) {
      const exit = await waited(session, container);
      if (exit !== 'interrupted') return await withoutProgram(session, container.id, exit);
      container.onInterrupted?.();
      await session.clock.sleep(betweenMs);
    }
  } catch (error) {
    if (isGone(error)) return { failure: { code: 'workload-deleted', detail: 'the container was removed by somebody else' } };
    if (error instanceof EngineLost) return { failure: { code: 'runtime-lost', detail: error.message } };
    throw error;
  }
}

/**
 * An init starts also where there is nothing that it could run, ends with 127 as a shell does that finds no command, and says why only in
 * the output, each in its own words. So whoever ends like this is asked for its program.
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
    return { failure: { code: 'start-failed', detail: `the image has no ${program}` }, ...(exit.at !== undefined && { at: exit.at }) };
  }
}

/** The end, or `interrupted` if the wait broke off and the engine answers nevertheless. */
async function waited(session: EngineSession, container: EndingContainer): Promise<Exit | 'interrupted'> {
  try {
    return session.flavor === 'podman' ? await endOnPodman(session, container) : await endOnDocker(session, container);
  } catch (error) {
    if (!(error instanceof EngineLost)) throw error;
  }
  for (let tries = 0; ; tries++) {
    try {
      await inspect(session, container.id);
      return 'interrupted';
    } catch (error) {
      const pause = againAfterMs[tries];
      if (!(error instanceof EngineLost) || error instanceof EngineClosed || pause === undefined) throw error;
      await session.clock.sleep(pause);
    }
  }
}

async function endOnDocker(session: EngineSession, container: EndingContainer): Promise<Exit> {
  const { StatusCode: code, Error: said } = await session.engine.json<{ StatusCode: number; Error?: { Message?: string } | null }>('POST', `/containers/${container.id}/wait`, {
    query: { condition: 'not-running' },
    deadlineMs: 'never',
  });
  // Only for a red one is there more to know.
  if (code === 0 && !said?.Message) return { code };
  return dockerExit(container, await inspect(session, container.id));
}

/** Docker is told of a kill for want of memory by an event of its own, and forgets it where that comes after the event of the end. */
export function dockerExit({ killed }: EndingContainer, inspected: Pick<InspectedContainer, 'State' | 'HostConfig'>): Exit {
  return exitOf({ ...inspected, State: { ...inspected.State, OOMKilled: killedForMemory(inspected, killed) } });
}

/** With a limit set, a kill that was not ours is taken for the kernel's, also where the engine does not say so. */
function killedForMemory({ State: state, HostConfig: host }: Pick<InspectedContainer, 'State' | 'HostConfig'>, killed: EndingContainer['killed']): boolean {
  return state.OOMKilled || (state.ExitCode === killedCode && (host.Memory ?? 0) > 0 && killed?.() !== true);
}

async function endOnPodman(session: EngineSession, container: EndingContainer): Promise<Exit> {
  const { id, live } = container;
  if ((await live?.stopped) === 'ended') {
    for (const pause of [2, 4, 8, 16, 32, 64, 128, 256]) {
      const inspected = await inspect(session, id);
      if (hasEnded(inspected.State)) return podmanExit(container, inspected);
      await session.clock.sleep(pause);
    }
  }
  // Podman's own call, whose pace can be set; that of the Docker API looks every 250 ms.
  await session.bare.json('POST', `/v4.0.0/libpod/containers/${id}/wait?condition=exited&condition=stopped&interval=50ms`, { deadlineMs: 'never' });
  return podmanExit(container, await inspect(session, id));
}

/**
 * What Podman leaves out. Podman 4.3 never says `OOMKilled` where conmon cannot see the memory group's events (cgroups of version 1). And its
 * init ends with 1 where shells and Docker's say 127.
 */
export function podmanExit({ live, killed }: EndingContainer, { State: state, HostConfig: host }: Pick<InspectedContainer, 'State' | 'HostConfig'>): Exit {
  const notRun = state.ExitCode === 1 ? /^ERROR \(catatonit:\d+\): failed to exec pid1: (.*)/.exec(live?.opening.toString() ?? '') : null;
  const exitCode = notRun === null ? state.ExitCode : /permission|format/i.test(notRun[1] ?? '') ? cannotRun : noSuchCommand;
  return exitOf({ State: { ...state, ExitCode: exitCode, OOMKilled: killedForMemory({ State: state, HostConfig: host }, killed) }, HostConfig: host });
}

export async function inspect(session: EngineSession, id: string): Promise<InspectedContainer> {
  return await session.engine.json<InspectedContainer>('GET', `/containers/${id}/json`);
}

/** What an ended container says of itself. */
export function exitOf({ State: state, HostConfig: host }: Pick<InspectedContainer, 'State' | 'HostConfig'>): Exit {
  const at = Date.parse(state.FinishedAt ?? '');
  const when = Number.isNaN(at) || at <= 0 ? {} : { at };
  const failure = redFailure(state, host);
  if (failure) return { failure, ...when };
  const signal = signalOf(state.ExitCode);
  return { code: state.ExitCode, ...(signal !== undefined && { signal }), ...when };
}

function redFailure(state: InspectedContainer['State'], host: InspectedContainer['HostConfig']): Failure | undefined {
  if (state.OOMKilled && state.ExitCode !== 0) return { code: 'out-of-memory', ...(host.Memory && { limit: memoryText(host.Memory) }) };
  if (state.Error && /no space left on device/i.test(state.Error)) return { code: 'disk-full', where: 'the container engine', detail: state.Error };
  return undefined;
}
