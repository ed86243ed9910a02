import { expect, test } from 'vitest';
import { ChangeQueue } from '../runtime/change-queue.ts';
import type { ContainerChange, RunningContainer } from '../runtime/running-container.ts';
import { containersNow, type ContainersNow } from './containers-now.ts';

const containerOf = (id: string) => ({ ref: { id } }) as RunningContainer;

/** A platform whose changes a test reports. */
class Platform {
  readonly changes = new ChangeQueue<ContainerChange>();
  readonly stop = new AbortController();
  isWatched = false;
  taken = 0;

  async now(): Promise<ContainersNow> {
    return await containersNow({ watch: (_, signal) => this.#watch(signal) }, { labels: { a: 'b' } }, this.stop.signal);
  }

  async *#watch(signal: AbortSignal): AsyncGenerator<ContainerChange> {
    this.isWatched = true;
    try {
      for await (const change of this.changes.read(signal)) {
        this.taken++;
        yield change;
      }
    } finally {
      this.isWatched = false;
    }
  }
}

test('returns the containers, reads on until the disposal, and ends the watch', async () => {
  const platform = new Platform();
  const [web, db] = [containerOf('web'), containerOf('db')];
  platform.changes.push({ change: 'appeared', container: web });
  platform.changes.push({ change: 'connected' });
  const containers = await platform.now();
  expect([containers.get('web'), containers.get('db')]).toEqual([web, undefined]);
  platform.changes.push({ change: 'appeared', container: db });
  platform.changes.push({ change: 'gone', container: web });
  await expect.poll(() => platform.taken).toBe(4);
  expect([containers.get('web'), containers.get('db')]).toEqual([undefined, db]);
  await containers[Symbol.asyncDispose]();
  expect(platform.isWatched).toBe(false);
});

test('throws if the platform does not answer, and ends the watch', async () => {
  const platform = new Platform();
  const failure = { code: 'runtime-lost', detail: 'no answer' } as const;
  platform.changes.push({ change: 'disconnected', failure });
  await expect(platform.now()).rejects.toMatchObject({ name: 'RuntimeRefused', failure });
  expect(platform.isWatched).toBe(false);
});

test('throws the reason of the signal, and bugs', async () => {
  const stopped = new Platform();
  const waiting = stopped.now();
  stopped.stop.abort(new Error('stop'));
  await expect(waiting).rejects.toThrow('stop');
  const broken = new Platform();
  broken.changes.fail(new TypeError('a bug'));
  await expect(broken.now()).rejects.toThrow('a bug');
});
