import { ChangeQueue } from '../../change-queue.ts';
import { doubledMs } from '../../../util/doubled-ms.ts';
import { checkSelector, matches } from '../../container-selector.ts';
import type { ContainerChange, ContainerSelector, RunningContainers } from '../../running-container.ts';
import { StatusFeed } from '../../status-feed.ts';
import { isNotFound } from '../api/engine-error.ts';
import { lossFailure } from '../api/engine-failure.ts';
import type { EngineSession, InspectedContainer } from '../api/engine-session.ts';
import { inspectAgain } from '../workload/container-end.ts';
import { listContainers } from '../api/engine-lists.ts';
import { DockerRunningContainer } from './docker-running-container.ts';
import { dockerRecord, dockerRef, type DockerRecord, type ReportedEnd } from './docker-status.ts';
import { containerEvents, type ContainerEvent } from './container-events.ts';

/** Finds containers of an engine by its events. */
export class DockerRunningContainers implements RunningContainers {
  readonly #session: EngineSession;

  constructor(session: EngineSession) {
    this.#session = session;
  }

  async *watch(selector: ContainerSelector, signal: AbortSignal): AsyncGenerator<ContainerChange, void, undefined> {
    checkSelector(selector, problemOf);
    const left = new AbortController();
    const until = AbortSignal.any([signal, left.signal]);
    const queue = new ChangeQueue<ContainerChange>();
    const watching = new ContainerWatch(this.#session, selector, queue, until)
      .run()
      .catch((error: unknown) => queue.fail(error));
    try {
      yield* queue.read(until);
    } finally {
      left.abort();
      await watching;
    }
  }
}

/** The engine's filter is `key=value`. */
function problemOf(key: string): string | undefined {
  return key.includes('=') ? 'a label key cannot have "=" in it' : undefined;
}

const firstPauseMs = 100;
const longestPauseMs = 5_000;

interface Known {
  record: DockerRecord;
  readonly feed: StatusFeed;
  readonly container: DockerRunningContainer;
}

/** One watch. Every event of a container leads to an inspection, so a missed or doubled event does no harm. */
class ContainerWatch {
  readonly #known = new Map<string, Known>();
  /** Containers that are being inspected. True: another inspection must follow. */
  readonly #inspecting = new Map<string, { again: boolean; readonly done: Promise<void> }>();
  readonly #reported = new Map<string, ReportedEnd>();
  #connected = true;
  readonly #session: EngineSession;
  readonly #selector: ContainerSelector;
  readonly #queue: ChangeQueue<ContainerChange>;
  readonly #signal: AbortSignal;

  constructor(
    session: EngineSession,
    selector: ContainerSelector,
    queue: ChangeQueue<ContainerChange>,
    signal: AbortSignal,
  ) {
    this.#session = session;
    this.#selector = selector;
    this.#queue = queue;
    this.#signal = signal;
  }

  /** Rejects for bugs only. */
  async run(): Promise<void> {
    for (let tries = 0; !this.#signal.aborted; tries++) {
      const failure = await this.#follow(() => (tries = 0)).catch((error: unknown) => {
        if (this.#signal.aborted) return undefined;
        const meaning = lossFailure(error);
        if (meaning === undefined) throw error;
        return meaning;
      });
      if (this.#signal.aborted) return;
      if (this.#connected) {
        this.#connected = false;
        const ended = { code: 'runtime-lost', detail: 'the engine closed the stream of events' } as const;
        this.#queue.push({ change: 'disconnected', failure: failure ?? ended });
      }
      const pauseMs = doubledMs(tries, firstPauseMs, longestPauseMs);
      await this.#session.clock.sleep(pauseMs, this.#signal).catch(() => undefined);
    }
  }

  /** Lists the containers, and follows the events from before the list on, until the connection ends. */
  async #follow(onConnected: () => void): Promise<undefined> {
    const left = new AbortController();
    const signal = AbortSignal.any([this.#signal, left.signal]);
    let fail: (error: unknown) => void = () => undefined;
    const failed = new Promise<never>((_, reject) => (fail = reject));
    try {
      const heard = this.#hear(await containerEvents(this.#session, this.#labels(), signal), fail);
      this.#list(signal).then(() => {
        if (signal.aborted) return;
        onConnected();
        this.#connected = true;
        this.#queue.push({ change: 'connected' });
      }, fail);
      await Promise.race([heard, failed]);
    } finally {
      left.abort();
      failed.catch(() => undefined);
    }
    return undefined;
  }

  async #hear(events: AsyncIterable<ContainerEvent>, fail: (error: unknown) => void): Promise<void> {
    for await (const event of events) {
      this.#note(event);
      this.#inspect(event.id).catch(fail);
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const listed = await listContainers<{ Id: string }>(this.#session, { label: this.#labels() }, signal);
    const ids = new Set([...this.#known.keys(), ...listed.map(({ Id: id }) => id)]);
    await Promise.all([...ids].map(async (id) => await this.#inspect(id)));
  }

  #labels(): readonly string[] {
    return Object.entries(this.#selector.labels).map(([key, value]) => `${key}=${value}`);
  }

  #note({ id, action, exitCode, at }: ContainerEvent): void {
    if (action === 'die' && exitCode !== undefined && this.#known.has(id))
      this.#reported.set(id, { exitCode, ...(at !== undefined && { endedAt: at }) });
  }

  /** Resolves when the container has been inspected after the call. */
  async #inspect(id: string): Promise<void> {
    const running = this.#inspecting.get(id);
    if (running !== undefined) {
      running.again = true;
      return await running.done;
    }
    const mine = { again: false, done: Promise.resolve() };
    this.#inspecting.set(id, mine);
    const inspectAll = async () => {
      try {
        do {
          mine.again = false;
          this.#take(id, await this.#ask(id));
        } while (mine.again && !this.#signal.aborted);
      } finally {
        this.#inspecting.delete(id);
      }
    };
    mine.done = inspectAll();
    await mine.done;
  }

  async #ask(id: string): Promise<InspectedContainer | undefined> {
    try {
      return await inspectAgain(this.#session, id, this.#signal);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #take(id: string, inspected: InspectedContainer | undefined): void {
    if (this.#signal.aborted) return;
    const known = this.#known.get(id);
    if (inspected === undefined) {
      if (known === undefined) return;
      this.#known.delete(id);
      this.#reported.delete(id);
      known.feed.setGone();
      this.#queue.push({ change: 'gone', container: known.container });
      return;
    }
    const record = dockerRecord(inspected, known?.record, this.#reported.get(id));
    if (known !== undefined) {
      known.record = record;
      known.feed.set(record.status);
      return;
    }
    const ref = dockerRef(inspected);
    if (!matches(this.#selector, ref)) return;
    const feed = new StatusFeed(record.status, this.#signal);
    const container = new DockerRunningContainer(this.#session, ref, feed, inspected);
    this.#known.set(id, { record, feed, container });
    this.#queue.push({ change: 'appeared', container });
  }
}
