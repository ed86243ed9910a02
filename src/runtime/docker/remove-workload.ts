import type { EngineCall } from './engine-client.ts';
import { EngineLost, hasStatus, isGone } from './engine-error.ts';
import { ownLabels, type EngineSession } from './engine-session.ts';

const pausesMs = [10, 20, 50, 100, 200, 400, 800, 1_600, 3_200, 6_400];

/** Everything that carries the workload's name, in whatever state. No error for what is gone. */
export async function removeWorkload(session: EngineSession, workload: string): Promise<void> {
  const filters = { label: [`${ownLabels.workload}=${workload}`] };
  const containers = await session.engine.json<{ Id: string }[]>('GET', '/containers/json', { query: { all: 1, filters } });
  await removeContainers(session, containers.map(({ Id }) => Id));
  const [volumes, images] = await Promise.all([
    session.engine.json<{ Volumes: { Name: string }[] | null }>('GET', '/volumes', { query: { filters } }),
    session.engine.json<{ Id: string }[]>('GET', '/images/json', { query: { filters } }),
  ]);
  await Promise.all([
    ...(volumes.Volumes ?? []).map(async ({ Name }) => await removeVolume(session, Name)),
    ...images.map(async ({ Id }) => await removeImage(session, Id)),
  ]);
}

/** Forced, with the volumes that nobody else has; resolves when they are gone. */
export async function removeContainers(session: EngineSession, ids: readonly string[]): Promise<void> {
  await Promise.all(ids.map(async (id) => await remove(session, `/containers/${id}`, { force: 1, v: 1 })));
}

export async function removeVolume(session: EngineSession, name: string): Promise<void> {
  await remove(session, `/volumes/${name}`, { force: 1 });
}

export async function removeImage(session: EngineSession, id: string): Promise<void> {
  await remove(session, `/images/${id}`, { force: 1 });
}

/** 409: somebody else is removing it, or still uses it; 500: Docker could not tear it down just then. */
async function remove(session: EngineSession, path: string, query: NonNullable<EngineCall['query']>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await session.engine.json('DELETE', path, { query });
      return;
    } catch (error) {
      if (isGone(error)) return;
      const pause = pausesMs[tries];
      if (pause === undefined || !(error instanceof EngineLost ? tries < 2 : hasStatus(error, 409, 500))) throw error;
      await session.clock.sleep(pause);
    }
  }
}
