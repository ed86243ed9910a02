import { randomBytes } from 'node:crypto';
import { nextRunId } from '../model/ids.ts';
import type { OwnedRun } from '../store/store.ts';
import type { Workshop } from './workshop.ts';

/**
 * A new run of a project, owned by this process: it has its id and its number, and nothing is in its log. Rejects with
 * `StoreError`.
 */
export async function createRun(workshop: Workshop, project: string): Promise<OwnedRun> {
  const store = await workshop.store();
  const createdAt = workshop.parts.clock.now();
  const newest = await store.resolve('latest', undefined);
  const id = nextRunId(createdAt, randomBytes(10), newest.status === 'found' ? newest.run : undefined);
  return await store.create({ id, project, createdAt });
}
