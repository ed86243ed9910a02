import type { EngineCall } from '../api/engine-client.ts';
import { EngineClosed, EngineLost, hasStatus, isNotFound } from '../api/engine-error.ts';
import { listContainers, listImages, listVolumes } from '../api/engine-lists.ts';
import { ownLabels, type EngineSession } from '../api/engine-session.ts';

/** Gives up an engine that is gone after about a second and a half. */
const triesWhileLost = 7;
const pausesMs = [10, 20, 50, 100, 200, 400, 800, 1_600, 3_200, 6_400];

/**
 * Removes all objects with the workload's name, in whatever state. Not an error if they are gone.
 * @returns the number of containers
 */
export async function removeWorkload(session: EngineSession, workload: string, signal?: AbortSignal): Promise<number> {
  const filters = { label: [`${ownLabels.workload}=${workload}`] };
  const containers = await listContainers<{ Id: string }>(session, filters, signal);
  await removeContainers(
    session,
    containers.map(({ Id }) => Id),
    signal,
  );
  const [volumes, images] = await Promise.all([
    listVolumes<{ Name: string }>(session, filters, signal),
    listImages<{ Id: string }>(session, filters, signal),
  ]);
  await Promise.all([
    ...volumes.map(async ({ Name }) => await removeVolume(session, Name, signal)),
    ...images.map(async ({ Id }) => await removeImage(session, Id, signal)),
  ]);
  return containers.length;
}

/** Removes containers by force, with their anonymous volumes. Resolves when they are gone. */
export async function removeContainers(
  session: EngineSession,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  await Promise.all(
    ids.map(async (id) => await remove(session, `/containers/${id}`, { force: 1, v: 1 }, signal, '/json')),
  );
}

export async function removeVolume(session: EngineSession, name: string, signal?: AbortSignal): Promise<void> {
  await remove(session, `/volumes/${name}`, { force: 1 }, signal);
}

export async function removeImage(session: EngineSession, id: string, signal?: AbortSignal): Promise<void> {
  await remove(session, `/images/${id}`, { force: 1 }, signal, '/json');
}

/**
 * Removes one object. 409: another client is removing or using it. 500: Docker could not tear it down. 404: gone; but
 * Podman also returns 404 if something else disappeared meanwhile, so look the object up before it counts as gone.
 * @param detail what to append to the object's path to read it
 */
async function remove(
  session: EngineSession,
  path: string,
  query: NonNullable<EngineCall['query']>,
  signal?: AbortSignal,
  detail = '',
): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await session.engine.json('DELETE', path, { query, ...(signal && { signal }) });
      return;
    } catch (error) {
      if (isNotFound(error) && !(await exists(session, `${path}${detail}`, signal))) return;
      const pause = pausesMs[tries];
      const mayPass =
        error instanceof EngineLost
          ? tries < triesWhileLost && !(error instanceof EngineClosed)
          : isNotFound(error) || hasStatus(error, 409, 500);
      if (pause === undefined || !mayPass || signal?.aborted) throw error;
      await session.clock.sleep(pause, signal);
    }
  }
}

/** Reports whether an object exists. Any other failure proves nothing, so the object counts as existing. */
async function exists(session: EngineSession, path: string, signal?: AbortSignal): Promise<boolean> {
  try {
    await session.engine.json('GET', path, { ...(signal && { signal }) });
    return true;
  } catch (error) {
    return !hasStatus(error, 404);
  }
}
