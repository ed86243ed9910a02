import type { ConfirmOwner } from '../../model/ownership.ts';
import { signalOf } from '../exit-signal.ts';
import { ChangeQueue } from '../change-queue.ts';
import { checkSelector, matches } from '../container-selector.ts';
import type {
  ContainerChange,
  ContainerEnd,
  ContainerRef,
  ContainerState,
  ContainerStatus,
  RunningContainers,
  ContainerSelector,
} from '../running-container.ts';
import { StatusFeed } from '../status-feed.ts';
import type { FakeContainer } from './fake-container.ts';
import { engineLost, type FakeEngine } from './fake-engine.ts';
import { FakeRunningContainer } from './fake-running-container.ts';

/** Finds the containers of workloads, and those that were started outside. */
export class FakeRunningContainers implements RunningContainers {
  readonly #engine: FakeEngine;
  readonly #confirm: ConfirmOwner | undefined;

  constructor(engine: FakeEngine, confirm: ConfirmOwner | undefined) {
    this.#engine = engine;
    this.#confirm = confirm;
  }

  async *watch(selector: ContainerSelector, signal: AbortSignal): AsyncGenerator<ContainerChange, void, undefined> {
    checkSelector(selector, () => undefined);
    const left = new AbortController();
    const until = AbortSignal.any([signal, left.signal]);
    const queue = new ChangeQueue<ContainerChange>();
    const known = new Map<string, { readonly feed: StatusFeed; readonly container: FakeRunningContainer }>();
    const watched = new WeakSet<FakeContainer>();
    let connected: boolean | undefined;
    const look = () => {
      if (until.aborted) return;
      if (this.#engine.lost) {
        if (connected !== false) queue.push({ change: 'disconnected', failure: engineLost });
        connected = false;
        return;
      }
      const found = seenOn(this.#engine).filter(({ ref }) => matches(selector, ref));
      for (const [id, { feed, container }] of [...known]) {
        if (found.some(({ ref }) => ref.id === id)) continue;
        known.delete(id);
        feed.setGone();
        queue.push({ change: 'gone', container });
      }
      for (const { ref, status, processes } of found) {
        for (const process of processes) {
          if (watched.has(process)) continue;
          watched.add(process);
          void process.exited().then(look);
        }
        const before = known.get(ref.id);
        before?.feed.set(status);
        if (before) continue;
        const feed = new StatusFeed(status, until);
        const container = new FakeRunningContainer(ref, feed, () => processesOf(this.#engine, ref.id), this.#confirm);
        known.set(ref.id, { feed, container });
        queue.push({ change: 'appeared', container });
      }
      if (connected !== true) queue.push({ change: 'connected' });
      connected = true;
    };
    using _watching = this.#engine.watch(look);
    look();
    try {
      yield* queue.read(until);
    } finally {
      left.abort();
    }
  }
}

interface Seen {
  readonly ref: ContainerRef;
  readonly status: ContainerStatus;
  readonly processes: readonly FakeContainer[];
}

function seenOn(engine: FakeEngine): Seen[] {
  const ofWorkloads = [...engine.workloads.values()].flatMap(({ spec, id, containers }) =>
    [...containers].map(([name, container]): Seen => {
      const isInit = spec.initContainers?.some((init) => init.name === name) === true;
      const ref: ContainerRef = {
        runtime: 'fake',
        id: `${id}/${name}`,
        group: spec.name,
        name,
        kind: isInit ? 'init' : 'app',
        labels: spec.labels,
      };
      return { ref, status: statusOf(container.spec.image, [container], false), processes: [container] };
    }),
  );
  const outside = [...engine.outside].map(({ id, wanted, spec, processes, waitsForRestart }): Seen => {
    const { name, labels } = wanted;
    const ref: ContainerRef = { runtime: 'fake', id, group: name, name, kind: 'app', labels };
    return { ref, status: statusOf(spec.image, processes, waitsForRestart), processes };
  });
  return [...ofWorkloads, ...outside];
}

function processesOf(engine: FakeEngine, id: string): readonly FakeContainer[] {
  return seenOn(engine).find(({ ref }) => ref.id === id)?.processes ?? [];
}

function statusOf(image: string, processes: readonly FakeContainer[], waitsForRestart: boolean): ContainerStatus {
  const [previous, current] = [processes.at(-2), processes.at(-1)];
  const last = waitsForRestart ? current : previous;
  const previousEnd = last && endOf(last);
  return {
    state: waitsForRestart ? { phase: 'waiting', reason: 'restarting' } : stateOf(current),
    ...(previousEnd && { previousEnd }),
    restarts: Math.max(0, processes.length - 1),
    ready: current?.startedAt !== undefined && !current.ended,
    image,
    imageId: `fake:${image}`,
  };
}

function stateOf(process: FakeContainer | undefined): ContainerState {
  if (process?.startedAt === undefined) return { phase: 'waiting', reason: 'created' };
  const end = endOf(process);
  return end ? { phase: 'ended', ...end } : { phase: 'running', startedAt: process.startedAt };
}

const killedCode = 137;

function endOf({ exit, startedAt }: FakeContainer): ContainerEnd | undefined {
  if (exit === undefined) return undefined;
  const exitCode = 'code' in exit ? exit.code : killedCode;
  const signal = signalOf(exitCode);
  return {
    exitCode,
    ...(signal !== undefined && { signal }),
    ...('failure' in exit && { reason: exit.failure.code }),
    ...(startedAt !== undefined && { startedAt }),
    ...(exit.at !== undefined && { endedAt: exit.at }),
  };
}
