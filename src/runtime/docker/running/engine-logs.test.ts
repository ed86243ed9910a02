import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { Output, until, Watch } from '../../../../test/contracts/running-container/bench.ts';
import { askEngine } from '../../../../test/rigs/ask-engine.ts';
import { baseImage, engines } from '../../../../test/rigs/engines.ts';
import { systemClock } from '../../../model/clock.ts';
import type { RunningContainer } from '../../running-container.ts';
import { openEngine } from '../docker-provider.ts';

/** What only engines have: terminals, and logs that lose their beginning. */
for (const { name, socket } of engines) {
  describe.skipIf(socket === '')(`containers of ${name} (SLIPWAY_TEST_${name.toUpperCase()} names the engine)`, () => {
    const open: (() => Promise<unknown>)[] = [];
    afterEach(async () => {
      for (const close of open.splice(0).reverse()) await close();
    });

    async function started(script: string, rest: object, host: object = {}): Promise<RunningContainer> {
      const label = randomBytes(8).toString('hex');
      const container = `running-${label}`;
      open.push(async () => await askEngine(socket, 'DELETE', `/containers/${container}?force=1`));
      await askEngine(socket, 'POST', `/containers/create?name=${container}`, {
        Image: baseImage,
        Entrypoint: ['sh', '-c', script],
        Labels: { 'slipway.test/running': label },
        HostConfig: { RestartPolicy: { Name: 'always' }, Init: true, ...host },
        ...rest,
      });
      await askEngine(socket, 'POST', `/containers/${container}/start`);
      const runtime = await openEngine(
        { kind: 'unix', path: socket },
        { env: {}, home: '/nowhere', uid: 0, clock: systemClock },
        new AbortController().signal,
      );
      if (typeof runtime === 'string') throw new Error(runtime);
      open.push(async () => await runtime[Symbol.asyncDispose]());
      const watch = new Watch(runtime.running, { labels: { 'slipway.test/running': label } });
      open.push(async () => await watch.stop());
      return await watch.appeared();
    }

    const go = async (container: RunningContainer) => {
      await until(container, ({ state }) => state.phase === 'running');
      await container.exec(['touch', '/go'], { signal: new AbortController().signal });
    };
    const taken = 'while [ ! -e /go ]; do sleep 0.02; done; rm /go';

    test('a terminal: output without frames, also after a restart', async () => {
      const container = await started(`echo up; ${taken}; echo down >&2; exit 1`, { Tty: true });
      await using output = new Output(container);
      await output.until((text) => text === 'up\r\n');
      await go(container);
      expect(await output.until((text) => text.length >= 14)).toBe('up\r\ndown\r\nup\r\n');
      expect(output.text('stdout')).toBe(output.text());
    });

    const logs = (size: string, files: number) => ({
      LogConfig: { Type: 'json-file', Config: { 'max-size': size, 'max-file': `${files}` } },
    });
    /** Returns the numbers that the lines are, as `first-last`, and `lost` for each gap that was reported. */
    const ranges = (output: Output): readonly string[] => {
      const found: { first: number; last: number }[] = [];
      const words: string[] = [];
      const add = (text: string) => {
        for (const line of text.split('\n').slice(0, -1)) {
          const last = found.at(-1);
          if (last?.last === Number(line) - 1) last.last++;
          else found.push({ first: Number(line), last: Number(line) });
        }
        words.push(...found.splice(0).map(({ first, last }) => `${first}-${last}`));
      };
      let parts: Uint8Array[] = [];
      for (const chunk of output.chunks) {
        if ('bytes' in chunk) parts.push(chunk.bytes);
        else {
          add(Buffer.concat(parts).toString());
          parts = [];
          words.push('lost');
        }
      }
      add(Buffer.concat(parts).toString());
      return words;
    };
    /** Each range ends before the next one begins, and there is a report between them. */
    const expectOrdered = (found: readonly string[]) => {
      const between = found.map((word) => word === 'lost');
      expect(between).toEqual(between.map((_, i) => between[0] === (i % 2 === 0)));
      const edges = found.flatMap((word) => (word === 'lost' ? [] : word.split('-').map(Number)));
      expect(edges).toEqual([...edges].sort((one, other) => one - other));
    };
    const isEnd = (last: number) => (text: string) => text.endsWith(`\n${last}\n`);

    describe.skipIf(name === 'podman')('a log that the engine rotates', () => {
      test('each gap is reported, nothing comes twice, also over restarts', async () => {
        const script = `n=$(cat /n 2>/dev/null || echo 0); echo $((n + 1)) > /n; seq $((n * 3000 + 1)) $((n * 3000 + 3000)); ${taken}; exit 1`;
        const container = await started(script, {}, logs('64k', 1));
        await using output = new Output(container);
        for (let lives = 1; lives <= 5; lives++) {
          await until(container, ({ restarts, state }) => state.phase === 'running' && restarts === lives - 1);
          await go(container);
        }
        await output.until(isEnd(18_000));
        expectOrdered(ranges(output));
      });

      test('output that is faster than the reader: files in between are read, not skipped', async () => {
        const container = await started(`${taken}; seq 1 400000; sleep 1000`, {}, logs('2m', 100));
        await using output = new Output(container);
        await go(container);
        await output.until(isEnd(400_000));
        expect(ranges(output)).toEqual(['1-400000']);
      });

      test('a first reading after the beginning was deleted reports that, before the rest', async () => {
        const container = await started(`seq 1 400000; touch /done; sleep 1000`, {}, logs('1m', 5));
        await until(container, ({ state }) => state.phase === 'running');
        const wait = ['sh', '-c', 'while [ ! -e /done ]; do sleep 0.02; done'];
        await container.exec(wait, { signal: new AbortController().signal });
        await using output = new Output(container);
        await output.until(isEnd(400_000));
        // The engine still writes what the process has printed, so there may be other gaps.
        const found = ranges(output);
        expectOrdered(found);
        expect([found[0], found.length > 1]).toEqual(['lost', true]);
        await using again = new Output(container, output.position);
        await container.exec(['sh', '-c', 'seq 400001 400010 > /proc/1/fd/1'], {
          signal: new AbortController().signal,
        });
        await again.until((text) => text.endsWith('400010\n'));
        expect(ranges(again)).toEqual(['400001-400010']);
      });

      test('output right before the container is removed', async () => {
        const container = await started(`trap 'echo bye; exit' TERM; echo up; sleep 1000 & wait`, {}, logs('1m', 5));
        await using output = new Output(container);
        await output.until((text) => text === 'up\n');
        await askEngine(socket, 'POST', `/containers/${container.ref.id}/stop`);
        await askEngine(socket, 'DELETE', `/containers/${container.ref.id}?force=1`);
        await until(container, ({ state }) => state.phase === 'gone').catch(() => undefined);
        expect(await output.until((text) => text.endsWith('bye\n'))).toBe('up\nbye\n');
      });
    });
  });
}
