import { expect, test } from 'vitest';
import { say } from '../../../src/runtime/fake/verb.ts';
import { Output, until } from './bench.ts';
import type { RunningContract } from './under-test.ts';

/** Output of all processes of a container. */
export function runningLogsContract({ bench, traits }: RunningContract): void {
  const numbers = (last: number) => Array.from({ length: last }, (_, i) => `${i + 1}\n`).join('');
  /** Prints, waits for a file, prints and ends. */
  const life = [say.print('begin\n'), say.count(2_000), say.take('/go'), say.print('end\n'), say.exit(3)];
  const first = `begin\n${numbers(2_000)}`;
  const whole = `${first}end\n`;
  const length = (text: string) => `${text.length} characters: …${JSON.stringify(text.slice(-60))}`;

  test('returns the output so far and what follows', async () => {
    const container = await bench().running(life);
    await using output = new Output(container);
    await output.until((text) => text.endsWith('2000\n'));
    await bench().exec(container, say.write('/go', ''));
    const text = await output.until((so) => so.endsWith('end\n'));
    expect(text === whole, length(text)).toBe(true);
    expect(output.lost).toEqual([]);
  });

  test('continue after a restart, every byte once', async () => {
    const container = await bench().running(life, { restart: 'always' });
    await using output = new Output(container);
    for (let restarts = 0; restarts < 2; restarts++) {
      await output.until((text) => text === whole.repeat(restarts) + first);
      await until(container, ({ state, restarts: seen }) => state.phase === 'running' && seen === restarts);
      await bench().exec(container, say.write('/go', ''));
    }
    const text = await output.until((so) => so.endsWith(`end\n${first}`) && so.length >= 3 * first.length);
    expect(text === whole + whole + first, length(text)).toBe(true);
    expect(output.lost).toEqual([]);
  });

  test('another reader continues where the first one stopped, also after a restart', async () => {
    const container = await bench().running(life, { restart: 'always' });
    const one = new Output(container);
    await one.until((text) => text.endsWith('2000\n'));
    await one.stop();
    await bench().exec(container, say.write('/go', ''));
    await until(container, ({ restarts, state }) => restarts === 1 && state.phase === 'running');
    const again = await bench().watch().appeared();
    await using two = new Output(again, one.position);
    const text = await two.until((so) => so.endsWith('2000\n'));
    expect(one.text() + text === whole + first, length(text)).toBe(true);
    await using three = new Output(again, two.position);
    await bench().exec(container, say.write('/go', ''));
    expect(await three.until((so) => so.endsWith('2000\n'))).toBe(`end\n${first}`);
    expect([...two.lost, ...three.lost]).toEqual([]);
  });

  test('leaves out what was written before a time, and another reader goes on from there', async () => {
    const verbs = [say.print('old\n'), say.take('/go'), say.print('new\n'), say.take('/on'), say.exit(3)];
    const container = await bench().running(verbs, { restart: 'always' });
    await using all = new Output(container);
    await all.until((text) => text === 'old\n');
    const { clock } = bench().work();
    await clock.sleep(5);
    const since = clock.now();
    await bench().exec(container, say.write('/go', ''));
    const late = new Output(container, { since });
    expect(await late.until((text) => text.endsWith('new\n'))).toBe('new\n');
    await late.stop();
    await bench().exec(container, say.write('/on', ''));
    await using later = new Output(container, { since, ...late.position });
    expect(await later.until((text) => text.endsWith('old\n'))).toBe('old\n');
    expect([...late.lost, ...later.lost]).toEqual([]);
  });

  test('a late reader gets the output of the process before, too', async () => {
    const container = await bench().running(life, { restart: 'always' });
    await bench().exec(container, say.write('/go', ''));
    await until(container, ({ restarts, state }) => restarts === 1 && state.phase === 'running');
    await using output = new Output(container);
    const text = await output.until((so) => so.length >= whole.length + first.length);
    expect(text === whole + first, length(text)).toBe(true);
  });

  test('a reader after two restarts gets what the platform keeps, and learns what it does not keep', async () => {
    const container = await bench().running(life, { restart: 'always' });
    for (let restarts = 1; restarts <= 2; restarts++) {
      await bench().exec(container, say.write('/go', ''));
      await until(container, (status) => status.restarts === restarts && status.state.phase === 'running');
    }
    await using output = new Output(container);
    const wanted = `${traits.wholeLog ? whole : ''}${whole}${first}`;
    const text = await output.until((so) => so.length >= wanted.length);
    expect(text === wanted, length(text)).toBe(true);
    expect(output.lost).toHaveLength(traits.wholeLog ? 0 : 1);
    if (!traits.wholeLog) expect(output.chunks[0]).toMatchObject({ cursor: 0, lost: expect.any(String) as string });
  });

  test('two readers at once both get everything', async () => {
    const container = await bench().running(life);
    await using one = new Output(container);
    await using two = new Output(container);
    await bench().exec(container, say.write('/go', ''));
    for (const output of [one, two]) {
      const text = await output.until((so) => so.endsWith('end\n'));
      expect(text === whole, length(text)).toBe(true);
    }
  });

  test('returns an unfinished last line, once', async () => {
    const container = await bench().running([say.print('one\ntwo'), say.take('/go'), say.print(' more'), say.exit(0)]);
    await using output = new Output(container);
    await bench().exec(container, say.write('/go', ''));
    expect(await output.until((text) => text.endsWith('more'))).toBe('one\ntwo more');
    await until(container, ({ state }) => state.phase === 'ended');
    await using late = new Output(container);
    expect(await late.until((text) => text.endsWith('more'))).toBe('one\ntwo more');
  });

  test('an unfinished line before a restart and the output after it', async () => {
    const verbs = [say.print('up\n'), say.take('/go'), say.print('half'), say.exit(1)];
    const container = await bench().running(verbs, { restart: 'always' });
    await using output = new Output(container);
    await output.until((text) => text === 'up\n');
    await bench().exec(container, say.write('/go', ''));
    expect(await output.until((text) => text.length >= 10)).toBe('up\nhalfup\n');
  });

  test.skipIf(!traits.apart)('keeps stdout and stderr apart', async () => {
    const container = await bench().found([say.print('out\n'), say.print('err\n', 'stderr'), say.exit(0)]);
    await using output = new Output(container);
    await output.until((text) => text.length === 8);
    expect([output.text('stdout'), output.text('stderr')]).toEqual(['out\n', 'err\n']);
  });

  test('a container that printed nothing has no output', async () => {
    const name = await bench().create([say.take('/go'), say.exit(0)]);
    const container = await bench().watch().appeared();
    await until(container, ({ state }) => state.phase === 'running');
    await using output = new Output(container);
    await bench().exec(container, say.write('/go', ''));
    await until(container, ({ state }) => state.phase === 'ended');
    await bench().remove(name);
    expect([await output.ended(), output.chunks]).toEqual(['', []]);
  });
}
