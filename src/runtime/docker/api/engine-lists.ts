/**
 * Lists of objects of an engine, with the labels of `filters`. Podman fails to list objects if one of any owner disappears
 * meanwhile, so these ask again.
 */
import { EngineError, isNotFound } from './engine-error.ts';
import type { EngineSession } from './engine-session.ts';

const pausesMs = [10, 20, 50, 100, 200, 400, 800, 1_600, 3_200, 6_400];

export async function listContainers<T>(session: EngineSession, filters: object, signal?: AbortSignal): Promise<T[]> {
  return await listed<T[]>(session, '/containers/json', { all: 1, filters }, signal);
}

export async function listVolumes<T>(session: EngineSession, filters: object, signal?: AbortSignal): Promise<T[]> {
  const { Volumes: volumes } = await listed<{ Volumes: T[] | null }>(session, '/volumes', { filters }, signal);
  return volumes ?? [];
}

export async function listImages<T>(session: EngineSession, filters: object, signal?: AbortSignal): Promise<T[]> {
  return await listed<T[]>(session, '/images/json', { filters }, signal);
}

async function listed<T>(
  session: EngineSession,
  path: string,
  query: Readonly<Record<string, number | object>>,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await session.engine.json<T>('GET', path, { query, ...(signal && { signal }) });
    } catch (error) {
      const pause = pausesMs[tries];
      if (!isDisappeared(error) || pause === undefined || signal?.aborted) throw error;
      await session.clock.sleep(pause, signal);
    }
  }
}

function isDisappeared(error: unknown): boolean {
  const said = /no such (?:image|volume)|image not known|volume \S+ does not exist/i;
  return isNotFound(error) || (error instanceof EngineError && said.test(error.said));
}
