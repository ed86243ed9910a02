import { expect, test } from 'vitest';
import { say } from '../../../src/runtime/fake/verb.ts';
import { Output, until } from './bench.ts';
import type { RunningContract } from './under-test.ts';

/** Connections that break. */
export function runningCutContract({ bench, traits }: RunningContract): void {
  test.skipIf(!traits.cuts)('after a cut nothing is missed: containers that came, went and restarted', async () => {
    const opened = await bench().breakable();
    const goes = await bench().create([say.hang()]);
    const restarts = await bench().create([say.take('/go'), say.exit(4)], { restart: 'always' });
    const watch = bench().watch(undefined, opened.runtime);
    const direct = bench().watch();
    const container = await watch.appeared(restarts);
    await watch.appeared(goes);
    const own = await direct.appeared(restarts);
    await until(own, ({ state }) => state.phase === 'running');
    await watch.connected();
    const before = watch.changes.length;
    await opened.away();
    await watch.until(({ change }) => change === 'disconnected', before);
    await bench().remove(goes);
    await bench().exec(own, say.write('/go', ''));
    await until(own, (status) => status.restarts === 1 && status.state.phase === 'running');
    const comes = await bench().create([say.hang()]);
    await direct.appeared(comes);
    await direct.gone(goes);
    await opened.back();
    await watch.connected(before);
    await watch.appeared(comes);
    await watch.gone(goes);
    await until(container, (status) => status.restarts === 1 && status.state.phase === 'running');
    expect(watch.changes.filter(({ change }) => change === 'appeared')).toHaveLength(3);
  });

  test.skipIf(!traits.cuts)('output: every byte once, however often the connections are cut', async () => {
    const opened = await bench().breakable();
    const verbs = [say.count(1_000), say.take('/go'), say.count(1_000), say.exit(1)];
    const own = await bench().running(verbs, { restart: 'always' });
    const container = await bench().watch(undefined, opened.runtime).appeared();
    await using output = new Output(container);
    const half = Array.from({ length: 1_000 }, (_, i) => `${i + 1}\n`).join('');
    await output.until((text) => text === half);
    opened.cut();
    await bench().exec(own, say.write('/go', ''));
    await output.until((text) => text.length > half.length);
    opened.cut();
    await until(own, (status) => status.restarts === 1 && status.state.phase === 'running');
    opened.cut();
    const text = await output.until((so) => so.length >= 3 * half.length);
    expect(text === half.repeat(3), `${text.length} characters`).toBe(true);
    expect(output.lost).toEqual([]);
  });

  test.skipIf(!traits.cuts)('commands and files report a lost platform', async () => {
    const opened = await bench().breakable();
    await bench().running([say.hang()]);
    const container = await bench().watch(undefined, opened.runtime).appeared();
    await opened.away();
    const { signal } = new AbortController();
    const lost = { code: 'runtime-lost' };
    expect(await container.exec(bench().argv(say.exit(0)), { signal })).toMatchObject({ failure: lost });
    await expect(container.files.remove(['/a'], signal)).rejects.toMatchObject({ failure: lost });
    await opened.back();
  });
}
