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

    test.skipIf(name === 'podman')(
      'a rotated log: the gap is reported, nothing comes twice, and it goes on',
      async () => {
        // Some 25 kB with the engine's JSON for each process, so that one prints over at most one rotation: Docker itself
        // loses and repeats lines of a log that it rotates several times at once.
        const logs = { LogConfig: { Type: 'json-file', Config: { 'max-size': '64k', 'max-file': '1' } } };
        const script = `n=$(cat /n 2>/dev/null || echo 0); echo $((n + 1)) > /n; seq $((n * 300 + 1)) $((n * 300 + 300)); ${taken}; exit 1`;
        const container = await started(script, {}, logs);
        await using output = new Output(container);
        for (let lives = 1; lives <= 5; lives++) {
          await until(container, ({ restarts, state }) => state.phase === 'running' && restarts === lives - 1);
          await go(container);
        }
        await output.until(() => output.lost.length > 0);
        // After a gap the output may begin within a line.
        const pieces = [''];
        for (const chunk of output.chunks)
          if ('lost' in chunk) pieces.push('');
          else pieces.push(`${pieces.pop() ?? ''}${Buffer.from(chunk.bytes).toString()}`);
        const whole = pieces.map((piece, i) => (i === 0 ? piece : piece.slice(piece.indexOf('\n') + 1)));
        const seen = whole.flatMap((piece) => piece.split('\n').slice(0, -1).map(Number));
        expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
        const { position } = output;
        expect(position.mark).toBeDefined();
      },
    );
  });
}
