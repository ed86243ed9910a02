import type { EngineCall } from './engine-client.ts';
import { EngineClosed, EngineLost, hasStatus, isGone } from './engine-error.ts';
import { ownLabels, type EngineSession } from './engine-session.ts';

/** An engine that is gone is given up after about a second and a half. */
const triesWhileLost = 7;
const pausesMs = [10, 20, 50, 100, 200, 400, 800, 1_600, 3_200, 6_400];

/**
 * Everything that carries the workload's name, in whatever state. No error for what is gone.
 * @returns how many containers that were
 */
export async function removeWorkload(session: EngineSession, workload: string, signal?: AbortSignal): Promise<number> {
  const filters = { label: [`${ownLabels.workload}=${workload}`] };
  const call = (query: NonNullable<EngineCall['query']>): EngineCall => ({ query, ...(signal && { signal }) });
  const containers = await session.engine.json<{ Id: string }[]>('GET', '/containers/json', call({ all: 1, filters }));
  await removeContainers(session, containers.map(({ Id }) => Id), signal);
  const [volumes, images] = await Promise.all([
    session.engine.json<{ Volumes: { Name: string }[] | null }>('GET', '/volumes', call({ filters })),
    session.engine.json<{ Id: string }[]>('GET', '/images/json', call({ filters })),
  ]);
  await Promise.all([
    ...(volumes.Volumes ?? []).map(async ({ Name }) => await removeVolume(session, Name, signal)),
    ...images.map(async ({ Id }) => await removeImage(session, Id, signal)),
  ]);
  return containers.length;
}

/** Forced, with the volumes that nobody else has; resolves when they are gone. */
export async function removeContainers(
  session: EngineSession,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  await Promise.all(ids.map(async (id) => await remove(session, `/containers/${id}`, { force: 1, v: 1 }, signal)));
}

export async function removeVolume(session: EngineSession, name: string, signal?: AbortSignal): Promise<void> {
  await remove(session, `/volumes/${name}`, { force: 1 }, signal);
}

export async function removeImage(session: EngineSession, id: string, signal?: AbortSignal): Promise<void> {
  await remove(session, `/images/${id}`, { force: 1 }, signal);
}

/** 409: somebody else is removing it, or still uses it; 500: Docker could not tear it down just then. */
async function remove(
  session: EngineSession,
  path: string,
  query: NonNullable<EngineCall['query']>,
  signal?: AbortSignal,
): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await session.engine.json('DELETE', path, { query, ...(signal && { signal }) });
      return;
    } catch (error) {
      if (isGone(error)) return;
      const pause = pausesMs[tries];
      const mayPass =
        error instanceof EngineLost
          ? tries < triesWhileLost && !(error instanceof EngineClosed)
          : hasStatus(error, 409, 500);
      if (pause === undefined || !mayPass || signal?.aborted) throw error;
      await session.clock.sleep(pause, signal);
    }
  }
}
