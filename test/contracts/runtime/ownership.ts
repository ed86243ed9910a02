import { afterEach, expect, test } from 'vitest';
import { say } from '../../../src/runtime/fake/verb.ts';
import type { Workload } from '../../../src/runtime/runtime.ts';
import type { TarSource } from '../../../src/model/tree.ts';
import { tarSource } from '../../rigs/tree.ts';
import type { Contract } from './under-test.ts';
import { inWorkspace } from './volumes.ts';

/** A process that was taken over no longer changes workloads. */
export function ownershipContract({ bench, traits }: Contract): void {
  const taken = new Error('taken over');
  let owns = true;
  /** The next effect is the last one that is permitted. */
  let oneMore = false;
  const owned = () =>
    bench().runtime.whileOwned(() => {
      if (!owns) throw taken;
      if (oneMore) owns = false;
    });

  afterEach(async () => {
    owns = true;
    oneMore = false;
    for (const ref of await bench().refs()) await bench().runtime.remove(ref, 0);
  });

  async function begun(): Promise<Workload> {
    const outcome = await owned().start(
      bench().spec([say.ignoreTerm(), say.print('up\n'), say.hang()]),
      bench().work(),
    );
    if (outcome.status !== 'succeeded') throw new Error(`start: ${JSON.stringify(outcome)}`);
    await bench().hearUntil(outcome.value, 'up');
    return outcome.value;
  }

  const states = async () => (await bench().refs()).map(({ state }) => state);

  test('an owner can do everything', async () => {
    const workload = await begun();
    expect((await bench().exec(workload, [say.print('more')])).stdout.toString()).toBe('more');
    await workload.stop(0);
    await workload[Symbol.asyncDispose]();
    expect(await bench().leftovers()).toEqual([]);
  });

  test('a former owner starts nothing', async () => {
    owns = false;
    await expect(owned().start(bench().spec([say.hang()]), bench().work())).rejects.toBe(taken);
    expect(await bench().leftovers()).toEqual([]);
  });

  test('a former owner neither stops nor removes nor enters running workloads', async () => {
    const workload = await begun();
    owns = false;
    await expect(workload.stop(0)).rejects.toBe(taken);
    await expect(workload.stop(1_000)).rejects.toBe(taken);
    await expect(bench().exec(workload, [say.print('more')])).rejects.toBe(taken);
    await expect(workload[Symbol.asyncDispose]()).rejects.toBe(taken);
    await expect(owned().remove(workload.ref, 0)).rejects.toBe(taken);
    await expect(owned().remove(workload.ref, 1_000)).rejects.toBe(taken);
    expect(await states()).toEqual(['running']);
  });

  test('an owner that is taken over during the grace period of a stop does not kill', async () => {
    const workload = await begun();
    oneMore = true;
    await expect(workload.stop(500)).rejects.toBe(taken);
    expect(await states()).toEqual(['running']);
  });

  test('an owner that is taken over during a start stops there and undoes nothing', async () => {
    const tree = tarSource([]);
    const losing: TarSource = { open: (...reader) => ((owns = false), tree.open(...reader)) };
    const spec = bench().spec([say.exit(0)], inWorkspace([]));
    const [volume] = spec.volumes;
    await expect(owned().start({ ...spec, volumes: [{ ...volume!, content: [losing] }] }, bench().work())).rejects.toBe(
      taken,
    );
    // In a pod something runs before its command does: there is nothing to adopt.
    const running = (await bench().refs()).filter(({ state }) => state === 'running');
    if (!traits.adoption) expect(running).toEqual([]);
    for (const ref of running) {
      expect(await (await bench().reopen()).adopt(ref, bench().work())).toMatchObject({ status: 'failed' });
    }
    owns = true;
    const outcome = await owned().start(spec, bench().work());
    if (outcome.status !== 'succeeded') throw new Error(`start: ${JSON.stringify(outcome)}`);
    expect(await outcome.value.exited('main')).toMatchObject({ code: 0 });
  });

  test.skipIf(!traits.adoption)('the new owner adopts what the former one started', async () => {
    const workload = await begun();
    const [ref] = await bench().refs();
    const adopted = await (await bench().reopen()).adopt(ref!, bench().work());
    if (adopted.status !== 'succeeded') throw new Error(`adopt: ${JSON.stringify(adopted)}`);
    owns = false;
    await expect(workload.stop(0)).rejects.toBe(taken);
    await adopted.value.stop(0);
    expect(await adopted.value.exited('main')).toMatchObject({ code: 137 });
  });
}
