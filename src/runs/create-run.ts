import { randomBytes } from 'node:crypto';
import { nextRunId } from '../model/ids.ts';
import type { OwnedRun } from '../store/store.ts';
import type { Machine } from './machine.ts';

/**
 * A new run of a project, owned by this process: it has its id and its number, and nothing is in its log. Rejects with
 * `StoreError`.
 */
export async function createRun(machine: Pick<Machine, 'store' | 'clock'>, project: string): Promise<OwnedRun> {
  const store = await machine.store();
  const createdAt = machine.clock.now();
  const newest = await store.resolve('latest', undefined);
  const id = nextRunId(createdAt, randomBytes(10), newest.status === 'found' ? newest.run : undefined);
  return await store.create({ id, project, createdAt });
}
