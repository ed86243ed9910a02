import { expect, test } from 'vitest';
import { until } from '../../../test/rigs/until.ts';
import { systemClock } from '../../model/clock.ts';
import type { FollowedPosition, Observation } from '../../model/work.ts';
import { ChangeQueue } from '../../runtime/change-queue.ts';
import type {
  ContainerChange,
  ContainerStatus,
  LogChunk,
  LogPosition,
  RunningContainer,
} from '../../runtime/running-container.ts';
import { RuntimeRefused } from '../../runtime/runtime-refused.ts';
import { nextTurn } from '../../util/next-turn.ts';
import { followLogs } from './follow-logs.ts';

const running: ContainerStatus = { state: { phase: 'running', startedAt: 5 }, restarts: 0, ready: true, image: 'i' };

/** A container whose output a test pushes. */
class Talking {
  readonly from: LogPosition[] = [];
  readonly container: RunningContainer;
  readonly #queue = new ChangeQueue<LogChunk>();
  readonly #gone = new AbortController();
  taken = 0;
  #cursor = 0;

  constructor(group: string, name = 'app') {
    const ref = { runtime: 'fake', id: `${group} 1`, group, name, kind: 'app', labels: {} } as const;
    const logs = (from: LogPosition, signal: AbortSignal) => {
      this.from.push(from);
      return this.#read(signal);
    };
    this.container = { ref, logs, status: () => running } as unknown as RunningContainer;
  }

  async *#read(signal: AbortSignal): AsyncGenerator<LogChunk> {
    for await (const chunk of this.#queue.read(AbortSignal.any([signal, this.#gone.signal]))) {
      this.taken += 1;
      yield chunk;
    }
  }

  say(text: string, more: Pick<LogChunk, 'mark' | 'begins'> = {}): void {
    this.#cursor += text.length;
    this.#queue.push({ stream: 'stdout', bytes: Buffer.from(text), cursor: this.#cursor, ...more });
  }

  lose(lost: string): void {
    this.#queue.push({ stream: 'stdout', lost, cursor: this.#cursor });
  }

  end(): void {
    this.#gone.abort();
  }

  fail(error: unknown): void {
    this.#queue.fail(error);
  }
}

/** Follows a deploy whose containers a test reports. Lines: `web/app "text" @cursor`, `web/app lost: detail`. */
class Following {
  readonly lines: string[] = [];
  readonly observed: Observation[] = [];
  readonly changes = new ChangeQueue<ContainerChange>();
  readonly positions = new Map<string, FollowedPosition>();
  readonly stop = new AbortController();
  /** Stores a chunk. `write` waits for it. */
  store: () => Promise<void> = async () => await Promise.resolve();
  readonly outcome: ReturnType<typeof followLogs>;

  constructor(beganAt?: number, positions: Readonly<Record<string, FollowedPosition>> = {}) {
    for (const [name, position] of Object.entries(positions)) this.positions.set(name, position);
    this.outcome = followLogs(
      {
        running: { watch: (_, signal) => this.changes.read(signal) },
        selectors: [{ labels: { app: 'x' } }],
        belongs: async ({ group }) => await Promise.resolve(group !== 'other'),
        nameOf: ({ group, name }) => ({ workload: group, container: name }),
        ...(beganAt !== undefined && { beganAt }),
      },
      {
        ...{ signal: this.stop.signal, clock: systemClock },
        output: {
          write: () => void this.lines.push('the step has no output of its own'),
          lost: () => undefined,
          observe: (fact) => void this.observed.push(fact),
        },
        followed: {
          position: ({ workload, container }) => this.positions.get(`${workload}/${container}`),
          write: async ({ workload, container }, _, bytes, cursor) => {
            this.lines.push(`${workload}/${container} ${JSON.stringify(Buffer.from(bytes).toString())} @${cursor}`);
            await this.store();
          },
          lost: ({ workload, container }, _, detail) =>
            void this.lines.push(`${workload}/${container} lost: ${detail}`),
        },
      },
    );
  }

  add(...containers: readonly Talking[]): void {
    for (const { container } of containers) this.changes.push({ change: 'appeared', container });
  }

  async until(lines: number): Promise<void> {
    await until(() => this.lines.length >= lines);
  }

  async end() {
    this.stop.abort();
    return await this.outcome;
  }
}

const marks = (observed: readonly Observation[]) =>
  observed.flatMap((fact) => (fact.type === 'container.followed' ? [fact.mark] : []));

test('writes the output of all containers of the deploy, also of later ones, until the signal', async () => {
  const following = new Following();
  const [web, other, api] = [new Talking('web'), new Talking('other'), new Talking('api', 'main')];
  following.add(web, other);
  web.say('one\n');
  other.say('not ours\n');
  await following.until(1);
  following.add(api);
  api.say('two\n');
  await following.until(2);
  web.say('three\n');
  api.lose('a gap');
  await following.until(4);
  expect(await following.end()).toEqual({ status: 'succeeded' });
  expect(following.lines.toSorted()).toEqual([
    'api/main "two\\n" @4',
    'api/main lost: a gap',
    'web/app "one\\n" @4',
    'web/app "three\\n" @10',
  ]);
  expect(other.from).toEqual([]);
});

test('a slow store slows the reading', async () => {
  const following = new Following();
  const web = new Talking('web');
  following.store = async () => {
    await nextTurn();
    following.lines.push(`stored, ${web.taken} taken`);
  };
  following.add(web);
  for (const text of ['one', 'two']) web.say(text);
  await following.until(4);
  await following.end();
  expect(following.lines).toEqual(['web/app "one" @3', 'stored, 1 taken', 'web/app "two" @6', 'stored, 2 taken']);
});

test('reads from the deploy on what ran before, and tells where each output begins', async () => {
  const beganAt = 1_000_000;
  const following = new Following(beganAt, { 'api/app': { id: 'api 1', cursors: { stdout: 7 }, mark: 'm' } });
  const [web, api] = [new Talking('web'), new Talking('api')];
  following.add(web, api);
  web.say('one');
  api.say('two');
  await following.until(2);
  await following.end();
  expect(web.from).toEqual([{ since: beganAt }]);
  expect(api.from).toEqual([{ cursors: { stdout: 7 }, mark: 'm' }]);
  expect(following.observed).toEqual([
    { type: 'container.followed', workload: 'web', container: 'app', id: 'web 1', since: beganAt },
  ]);
});

test('stores a mark after the first output, after each restart, and sometimes', async () => {
  const following = new Following();
  const web = new Talking('web');
  following.add(web);
  web.say('one', { mark: 'a' });
  web.say('two', { mark: 'b' });
  web.say('three', { mark: 'c', begins: true });
  web.say('four', { mark: 'd' });
  web.say('x'.repeat(64 * 1024), { mark: 'e' });
  await until(() => marks(following.observed).length === 4);
  await following.end();
  expect(marks(following.observed)).toEqual([undefined, 'a', 'c', 'e']);
});

test('reports once that the platform is away, and that it is back', async () => {
  const following = new Following();
  following.changes.push({ change: 'connected' });
  following.changes.push({ change: 'disconnected', failure: { code: 'runtime-lost', detail: 'no answer' } });
  following.changes.push({ change: 'connected' });
  await until(() => following.observed.length === 2);
  await following.end();
  expect(following.observed).toMatchObject([
    { type: 'noted', level: 'warning', message: expect.stringContaining('no answer') as unknown },
    { type: 'noted', level: 'info' },
  ]);
});

test('reports containers that have ended for good, but not those that are no longer followed', async () => {
  const following = new Following();
  const [web, api, silent] = [new Talking('web'), new Talking('api'), new Talking('silent')];
  following.add(web, api, silent);
  web.say('one');
  api.say('two');
  await following.until(2);
  for (const each of [web, silent]) each.end();
  await until(() => following.observed.length === 3);
  await following.end();
  expect(following.observed.map((fact) => ('workload' in fact ? `${fact.type} ${fact.workload}` : ''))).toEqual([
    'container.followed web',
    'container.followed api',
    'container.ended web',
  ]);
});

test('what the platform refuses for good is a failure', async () => {
  const following = new Following();
  following.changes.fail(new RuntimeRefused({ code: 'unsupported', detail: 'no labels' }, new Error('no labels')));
  expect(await following.outcome).toEqual({ status: 'failed', failure: { code: 'unsupported', detail: 'no labels' } });
});

test('a bug while one container is read ends everything, and is thrown', async () => {
  const following = new Following();
  const [web, api] = [new Talking('web'), new Talking('api')];
  following.add(web, api);
  api.say('one');
  await following.until(1);
  web.fail(new TypeError('a bug'));
  await expect(following.outcome).rejects.toThrow('a bug');
});
