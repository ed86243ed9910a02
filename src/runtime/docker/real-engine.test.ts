import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { askEngine } from '../../../test/rigs/ask-engine.ts';
import { baseImage, engines } from '../../../test/rigs/engines.ts';
import { engineLeftovers } from '../../../test/rigs/leak-check.ts';
import { tarSource } from '../../../test/rigs/tree.ts';
import { systemClock } from '../../model/clock.ts';
import type { Observation, Work } from '../../model/work.ts';
import type { Chunk, ContainerSpec, Runtime, Terminal, Workload, WorkloadSpec } from '../runtime.ts';
import { openEngine } from './docker-provider.ts';

const { signal } = new AbortController();

for (const { name, socket } of engines) {
  /** Behaviour of Docker and Podman beyond the contract of runtimes. */
  describe.skipIf(socket === '')(`${name} (SLIPWAY_TEST_${name.toUpperCase()} names the engine)`, () => {
    const open: AsyncDisposable[] = [];
    const observed: Observation[] = [];
    const work: Work = {
      signal,
      clock: systemClock,
      output: { write: () => undefined, lost: () => undefined, observe: (fact) => void observed.push(fact) },
    };
    afterEach(async () => {
      for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
    });

    async function runtime(): Promise<Runtime> {
      const opened = await openEngine(
        { kind: 'unix', path: socket },
        { env: {}, home: '/nowhere', uid: 0, clock: systemClock },
        signal,
      );
      if (typeof opened === 'string') throw new Error(opened);
      open.push(opened);
      return opened;
    }

    async function start(container: Partial<ContainerSpec>, spec: Partial<WorkloadSpec> = {}): Promise<Workload> {
      const main: ContainerSpec = {
        name: 'main',
        image: baseImage,
        command: ['true'],
        env: {},
        mounts: [],
        ...container,
      };
      const labels = { 'slipway.dev/store': 'real-engine', 'slipway.dev/run': randomBytes(6).toString('hex') };
      const whole: WorkloadSpec = {
        name: `real-${randomBytes(6).toString('hex')}`,
        labels,
        lifetime: 'step',
        volumes: [],
        pull: 'never',
        containers: [main],
        ...spec,
      };
      const outcome = await (await runtime()).start(whole, work);
      if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
      open.push(outcome.value);
      return outcome.value;
    }

    async function chunksOf(workload: Workload, from: { stdout?: number } = {}): Promise<Chunk[]> {
      const chunks: Chunk[] = [];
      for await (const chunk of workload.logs('main', from, signal)) chunks.push(chunk);
      return chunks;
    }
    const bytesOf = (chunks: readonly Chunk[]) =>
      Buffer.concat(chunks.flatMap((chunk) => ('bytes' in chunk ? [chunk.bytes] : [])));

    test('an invalid image name is image-unavailable, and nothing is left', async () => {
      // Configurations are checked before. Other callers get the words of the engine.
      const started = start({ image: 'UPPER/case:1' }, { pull: 'missing' });
      await expect(started).rejects.toThrow(/"code":"image-unavailable","image":"UPPER\/case:1"/);
    });

    test("cursors match the length of the engine's log for any bytes, and nothing follows", async () => {
      const part = fc.oneof(
        fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
        fc
          .constantFrom(
            '\n',
            '\u20ac',
            '\ufffd',
            '\u{1f497}',
            'x'.repeat(16_380),
            'x'.repeat(16_383),
            'y'.repeat(16_384),
          )
          .map((text) => Buffer.from(text)),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 10 }), async (parts) => {
          const bytes = Buffer.concat(parts);
          const workload = await start(
            { command: ['cat', { volume: 'data', path: 'bytes' }], mounts: [{ volume: 'data', path: '/data' }] },
            { volumes: [{ name: 'data', content: [tarSource([{ path: 'bytes', content: bytes }])] }] },
          );
          const live = await chunksOf(workload);
          expect(bytesOf(live).equals(bytes)).toBe(true);
          const cursor = live.at(-1)?.cursor ?? 0;
          const stored = await chunksOf(workload);
          expect(stored.at(-1)?.cursor ?? 0).toBe(cursor);
          expect(bytesOf(stored).length).toBe(cursor);
          expect(await chunksOf(workload, { stdout: cursor })).toEqual([]);
          await workload[Symbol.asyncDispose]();
        }),
        { numRuns: 12 },
      );
    }, 120_000);

    test('invalid UTF-8 that was not read live is exact if the engine stores bytes, and reported otherwise', async () => {
      const workload = await start({ command: ['printf', 'a\\377b'] });
      await workload.exited('main');
      await chunksOf(workload);
      const chunks = await chunksOf(workload);
      const lost = chunks.filter((chunk) => 'lost' in chunk);
      expect(lost).toHaveLength(name === 'docker' ? 1 : 0);
      expect(bytesOf(chunks)).toEqual(name === 'docker' ? Buffer.from('a\ufffdb') : Buffer.from('a\xffb', 'latin1'));
    });

    test('files belong to the user of the image, whose name only the image knows', async () => {
      const image = `localhost/slipway-test-user-${randomBytes(4).toString('hex')}:1`;
      const maker = await start({
        command: [
          'sh',
          '-c',
          'echo root:x:0:0::/:/bin/sh >/etc/passwd; echo ci:x:1234:2345::/:/bin/sh >>/etc/passwd; echo ci:x:2345: >/etc/group',
        ],
      });
      await maker.exited('main');
      await askEngine(
        socket,
        'POST',
        `/commit?container=${maker.ref.id}&repo=${image.replace(':1', '')}&tag=1&changes=${encodeURIComponent('USER ci')}`,
        {},
      );
      open.unshift({
        [Symbol.asyncDispose]: async () => void (await askEngine(socket, 'DELETE', `/images/${image}?force=1`)),
      });
      const workload = await start(
        {
          image,
          command: ['sh', '-c', 'id -u; stat -c %u:%g . a deep/b; touch made'],
          workingDirectory: { volume: 'workspace', path: '' },
          mounts: [{ volume: 'workspace', path: '/opt/a/repo' }],
        },
        {
          volumes: [
            {
              name: 'workspace',
              content: [tarSource([{ path: 'a', content: 'A' }, { path: 'deep' }, { path: 'deep/b', content: 'B' }])],
            },
          ],
        },
      );
      expect(bytesOf(await chunksOf(workload)).toString()).toBe('1234\n1234:2345\n1234:2345\n1234:2345\n');
      expect(await workload.exited('main')).toMatchObject({ code: 0 });
    });

    test('opens a terminal in a running container', async () => {
      const workload = await start({ command: ['sleep', '1000'] });
      const { exit, text } = await typed(workload, 'tty && exit 4\n');
      expect(text).toMatch(/\/dev\//);
      expect(exit).toMatchObject({ code: 4 });
    });

    test('opens a terminal with the files of an ended container, and keeps nothing of it', async () => {
      const workload = await start({ command: ['sh', '-c', 'echo kept > /left; exit 1'] });
      await workload.exited('main');
      const { exit, text } = await typed(workload, 'cat /left; exit 5\n');
      expect(text).toContain('kept');
      expect(exit).toMatchObject({ code: 5 });
      await workload[Symbol.asyncDispose]();
      expect(
        await engineLeftovers(socket, { 'slipway.dev/run': workload.ref.labels['slipway.dev/run'] ?? '' }),
      ).toEqual([]);
    });

    test('forwards a port to the container', async () => {
      const workload = await start({ command: ['sh', '-c', 'while :; do echo hello | nc -l -p 4000; done'] });
      await using forward = await workload.forward(4000);
      const heard = async () =>
        await new Promise<string>((resolve) => {
          let text = '';
          const client = connect(forward.port, forward.host, () => client.end());
          client.on('data', (bytes) => (text += bytes.toString()));
          client.on('error', () => undefined);
          client.on('close', () => resolve(text));
        });
      await expect.poll(heard, { timeout: 20_000 }).toBe('hello\n');
    });

    test.each(['running', 'ended'])(
      'without a terminal the end of the input ends a shell, in a container that is %s',
      async (state) => {
        const workload = await start({
          command: ['sh', '-c', `echo kept > /left; ${state === 'running' ? 'sleep 1000' : 'exit 1'}`],
        });
        if (state === 'ended') await workload.exited('main');
        const { exit, text } = await typed(workload, 'tty; until cat /left; do sleep 0.1; done; (exit 6)', false);
        expect(text).toBe('not a tty\nkept\n');
        expect(exit).toMatchObject({ code: 6 });
      },
    );

    async function typed(
      workload: Workload,
      line: string,
      interactive = true,
    ): Promise<{ exit: unknown; text: string }> {
      const parts: Uint8Array[] = [];
      const terminal: Terminal = {
        interactive,
        input: (async function* () {
          yield Buffer.from(line);
          if (interactive) await new Promise(() => undefined);
        })(),
        write: (bytes) => void parts.push(bytes),
        size: { columns: 80, rows: 24 },
        onResize: () => ({ [Symbol.dispose]: () => undefined }),
        signal,
      };
      return { exit: await workload.open('main', ['sh'], terminal), text: Buffer.concat(parts).toString() };
    }
  });
}
