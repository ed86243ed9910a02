import { randomBytes } from 'node:crypto';
import { nextRunId } from '../../model/ids.ts';
import type { OwnedRun } from '../../store/store.ts';
import type { Machine } from '../machine.ts';

/**
 * Creates a run of a project, owned by this process. The run has an id and a number, and an empty log. Rejects with
 * `StoreError`.
 */
export async function createRun(machine: Pick<Machine, 'store' | 'clock'>, project: string): Promise<OwnedRun> {
  const store = await machine.store();
  const createdAt = machine.clock.now();
  const newest = await store.resolve('latest', undefined);
  const id = nextRunId(createdAt, randomBytes(10), newest.status === 'found' ? newest.run : undefined);
  return await store.create({ id, project, createdAt });
}
