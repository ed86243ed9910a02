import { EngineLost } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { linesOf } from '../images/pull-image.ts';

/** An event after which a container may have another state. */
export interface ContainerEvent {
  readonly id: string;
  readonly action: string;
  /** With `die`. */
  readonly exitCode?: number;
  /** By the engine's clock, in milliseconds since 1970. */
  readonly at?: number;
}

/** The fields of an entry of `/events` that are used. */
interface EngineEvent {
  readonly Type?: string;
  readonly Action?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
  readonly timeNano?: number;
}

/** Not those of commands and copies: each of ours would cause an inspection. */
const changing =
  /^(create|init|start|die|stop|restart|pause|unpause|rename|oom|update|cleanup|destroy|remove|health_status)\b/;

/**
 * Resolves when the engine reports every event from now on. Yields until the connection ends, cleanly or with
 * `EngineLost`.
 * @param label `key=value`. The caller checks them: Podman reports containers with one of them, not all
 */
export async function containerEvents(
  session: EngineSession,
  label: readonly string[],
  signal: AbortSignal,
): Promise<AsyncIterable<ContainerEvent>> {
  const filters = { type: ['container'], label };
  const call = { signal, deadlineMs: 'never' } as const;
  if (session.flavor === 'docker')
    return eventsOf(await session.engine.open('GET', '/events', { ...call, query: { filters } }));
  // Podman 4.3 responds only with the first event. So the events are asked for from a moment before on.
  const since = await engineSeconds(session, signal);
  const opening = session.engine.open('GET', '/events', { ...call, query: { filters, since } });
  opening.catch(() => undefined);
  return (async function* () {
    yield* eventsOf(await opening);
  })();
}

async function* eventsOf(lines: AsyncIterable<Buffer>): AsyncGenerator<ContainerEvent, void, undefined> {
  for await (const line of linesOf(lines)) {
    const event = parsed(line);
    const { Action: action = '', Actor: actor } = event;
    if (event.Type !== 'container' || actor?.ID === undefined || !changing.test(action)) continue;
    const exitCode = Number(actor.Attributes?.['exitCode']);
    yield {
      id: actor.ID,
      action,
      ...(action === 'die' && Number.isInteger(exitCode) && { exitCode }),
      ...(event.timeNano !== undefined && { at: Math.floor(event.timeNano / 1e6) }),
    };
  }
}

function parsed(line: string): EngineEvent {
  try {
    return JSON.parse(line) as EngineEvent;
  } catch (error) {
    throw new EngineLost('the engine reported an event that is not JSON', { cause: error });
  }
}

/** Returns the time of the engine's clock, in whole seconds since 1970. */
async function engineSeconds({ engine }: EngineSession, signal: AbortSignal): Promise<number> {
  const answer = await engine.open('GET', '/_ping', { signal });
  answer.resume();
  const at = Date.parse(answer.headers.date ?? '');
  if (Number.isNaN(at)) throw new EngineLost('the engine does not report its time');
  return Math.floor(at / 1_000);
}
