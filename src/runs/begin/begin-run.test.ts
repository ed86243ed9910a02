import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { StoreError } from '../../store/store.ts';
import type { SnapshotRequest } from '../../workspace/workspace.ts';
import type { Machine } from '../machine.ts';
import type { StartRequest } from '../run-service.ts';
import { aborted } from '../../util/abort.ts';
import { beginRun } from './begin-run.ts';

const refusesRuns = () => Promise.reject(new StoreError('disk-full', 'no space left for runs'));
const cannotBeRead = () => Promise.reject(new Error('EIO'));

/** Begins a run while Git never answers. Returns the result, and whether Git was stopped. */
async function begin({ store = refusesRuns, mistakes = () => Promise.resolve([]), accepts = true } = {}) {
  const gits: AbortSignal[] = [];
  const never = async (signal: AbortSignal) => {
    gits.push(signal);
    await aborted(signal);
    throw signal.reason;
  };
  const machine = {
    clock: new ManualClock(),
    places: { where: () => ({ steps: { clusters: { mistakes }, on: 'host' } }) },
    place: () => Promise.resolve({ directory: '/p', project: '/p/.wharf-ci.yml' }),
    describe: async (_place: unknown, signal: AbortSignal) => await never(signal),
    files: {
      takeSnapshot: async ({ signal, folder }: SnapshotRequest) => {
        Promise.resolve(folder).catch(() => undefined);
        return await never(signal);
      },
    },
    frontEnd: {
      load: ({ accepted }: { readonly accepted: () => void }) => {
        if (accepts) accepted();
        return Promise.resolve({ value: undefined, diagnostics: [], sources: new Map(), passwords: [] });
      },
    },
    store,
  } as unknown as Machine;
  const request = { path: '/p', stages: [], steps: [], inputs: [], gitIgnore: true } as unknown as StartRequest;
  const [result] = await Promise.allSettled([beginRun(machine, request, {})]);
  return { result, gits: gits.length, stopped: gits.every((signal) => signal.aborted) };
}

describe('a run that cannot begin stops Git', () => {
  it('if the store refuses it', async () =>
    expect(await begin()).toMatchObject({ result: { reason: { code: 'disk-full' } }, gits: 2, stopped: true }));

  it('if the files that name its clusters cannot be read', async () =>
    expect(await begin({ mistakes: cannotBeRead })).toMatchObject({
      result: { reason: { message: 'EIO' } },
      gits: 2,
      stopped: true,
    }));

  it('if the command line is wrong', async () =>
    expect(await begin({ accepts: false })).toMatchObject({
      result: { value: { status: 'refused' } },
      gits: 2,
      stopped: true,
    }));
});
