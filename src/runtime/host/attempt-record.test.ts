import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { hostLeftovers } from '../../../test/rigs/leak-check.ts';
import { systemClock } from '../../model/clock.ts';
import { nextTurn } from '../../util/next-turn.ts';
import { readProcessIdentity } from '../../util/process-identity.ts';
import type { WorkloadRef } from '../runtime.ts';
import { HostRuntime } from './host-runtime.ts';

const { signal } = new AbortController();
const attempt = { name: 'slipway-run-1-1-1', labels: { run: 'r' } };

/** Records in a folder that is new, as several processes open them. */
function records(folder: ReturnType<typeof temporaryFolder>) {
  const directory = join(folder.path, 'host');
  const open = () => new HostRuntime({ directory, env: {}, clock: systemClock, self: readProcessIdentity() });
  const found = async () => {
    const refs: WorkloadRef[] = [];
    for await (const ref of open().find({ run: 'r' }, signal)) refs.push(ref);
    return refs;
  };
  /** Starts a command that prints a line, and returns once it has. */
  const command = async (script: string, record: ReturnType<HostRuntime['record']>): Promise<void> => {
    const begun = await record.begin();
    const { variable } = begun;
    const env = { PATH: process.env['PATH'], [variable.name]: variable.value };
    const child = spawn('sh', ['-c', script], { env, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    if (child.pid !== undefined) begun.started(child.pid);
    await new Promise((resolve) => child.stdout.once('data', resolve));
  };
  return { directory, open, found, command, left: async () => await hostLeftovers(directory, directory) };
}

describe('the commands of an attempt', () => {
  it('leave nothing without a first command, and nothing after the end', async () => {
    using folder = temporaryFolder();
    const { directory, open, found, command } = records(folder);
    await open().record(attempt)[Symbol.asyncDispose]();
    expect(existsSync(directory)).toBe(false);
    const record = open().record(attempt);
    await command('echo done', record);
    expect(await found()).toMatchObject([attempt]);
    await record[Symbol.asyncDispose]();
    expect(await found()).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')('are found and ended by another process, wherever they went', async () => {
    using folder = temporaryFolder();
    const { open, found, command, left } = records(folder);
    const record = open().record(attempt);
    await command('setsid sh -c \'trap "" TERM; echo in; sleep 1000\' & wait', record);
    // Its parent has ended, so only the mark in its environment leads to it.
    await command("setsid sh -c 'echo in; sleep 1000' &", record);
    const [ref] = await found();
    expect(ref).toMatchObject({ ...attempt, state: 'running' });
    expect((await left()).filter((one) => one.includes('sleep 1000')).length).toBeGreaterThan(1);
    if (ref) await open().remove(ref, 0);
    expect(await found()).toEqual([]);
    while ((await left()).length > 0) await nextTurn();
  });

  it.skipIf(process.platform !== 'linux')(
    'of an earlier process are ended before those of the same attempt',
    async () => {
      using folder = temporaryFolder();
      const { open, found, command, left } = records(folder);
      await command('echo in; exec sleep 1000', open().record(attempt));
      await using second = open().record(attempt);
      await second.begin();
      while ((await left()).some((one) => one.includes('sleep 1000'))) await nextTurn();
      expect(await found()).toMatchObject([{ ...attempt, state: 'created' }]);
    },
  );
});
