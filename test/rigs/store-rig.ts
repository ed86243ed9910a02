/** Helpers for tests of stores: events to append, simulated processes, runs with short histories. */
import { randomBytes } from 'node:crypto';
import type { StampedEvent, StoredEvent } from '../../src/events/event.ts';
import type { QueuedRun } from '../../src/events/queued-run.ts';
import type { Clock } from '../../src/model/clock.ts';
import type { RunId, StepId } from '../../src/model/ids.ts';
import { makeRunId } from '../../src/model/ids.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { EndStatus } from '../../src/model/status.ts';
import type { IsAlive } from '../../src/store/lease.ts';
import type { OwnedRun, OwnerIdentity, Store } from '../../src/store/store.ts';

/** A place of runs, with the processes that use it. */
export interface StoreRig extends AsyncDisposable {
  readonly processes: Processes;
  /** Opens the place as another process does. */
  open(process: string): Promise<Store>;
}

/** Simulated processes. */
export class Processes {
  readonly #dead = new Set<string>();
  readonly #remote = new Set<string>();
  now = 1_700_000_000_000;

  readonly clock: Clock = { now: () => this.now, sleep: () => new Promise(() => undefined) };

  identity(name: string): OwnerIdentity {
    return { host: name, bootId: 'boot', pidNamespace: 'pid:[1]', pid: 1, startTime: '1' };
  }

  /** As after `kill -9`: the process stops, and others can see that. */
  kill(name: string): void {
    this.#dead.add(name);
  }

  /** On another machine: others see only its heartbeat. */
  moveAway(name: string): void {
    this.#remote.add(name);
  }

  readonly isAlive: IsAlive = ({ host }) => (this.#remote.has(host) ? undefined : !this.#dead.has(host));
}

/** Returns ids in the order of the calls, also within one millisecond. */
export const newRunId = idsInOrder();

function idsInOrder(): () => RunId {
  let made = 1_700_000_000_000;
  return () => makeRunId(++made, randomBytes(10));
}

export async function createRun(store: Store, project = '/project'): Promise<OwnedRun> {
  return await store.create({ id: newRunId(), project, createdAt: 1_700_000_000_000 });
}

const at = 1_700_000_000_000;
export const firstStep = '1.1.1' as StepId;

export function queued(name = 'build'): StampedEvent {
  return {
    at,
    type: 'run.queued',
    format: 1,
    number: 1,
    name,
    source: { project: '/project', directory: '/project', file: '.wharf-ci.yml' },
    trigger: { kind: 'command' },
    annotations: {},
  };
}

export function started(): StampedEvent {
  return { at: at + 1, type: 'run.started', settings: { runtime: 'fake', pull: 'missing', keepFailed: false } };
}

/** A run to enqueue. */
export function queuedRun(name = 'build'): QueuedRun {
  return {
    name,
    source: {
      project: '/project',
      directory: '/project',
      file: '.wharf-ci.yml',
      repository: 'git@git.example.org:team/shop.git',
      commit: 'abcdef0',
      ref: 'refs/heads/main',
    },
    trigger: { kind: 'api', by: 'alice' },
    annotations: { 'example.org/reason': 'nightly' },
    settings: { path: '/project', ref: 'refs/heads/main', environment: 'prod', inputs: { colour: 'red' } },
  };
}

/** A plan with one stage. */
export function planned(steps: number): StampedEvent {
  const names = Array.from({ length: steps }, (_, index) => `step ${index + 1}`);
  return {
    at: at + 2,
    type: 'iteration.planned',
    iteration: 1,
    stages: [
      {
        ordinal: 1,
        name: 'stage',
        runsIf: 'success',
        onFailure: 'cancelSiblings',
        steps: names.map((name, index) => ({
          id: stepOf(index + 1),
          name,
          needs: [],
          policy: { retries: 0, allowFailure: false },
          artifacts: [],
          cache: [],
          spec: { kind: 'container', image: 'busybox:1', commands: ['true'], shell: '/bin/sh', os: 'linux', env: {} },
        })),
      },
    ],
    workspace: { digest: `sha256:${'0'.repeat(64)}` as never, files: 0, bytes: 0 },
    variables: [],
  };
}

export function stepOf(ordinal: number): StepId {
  return `1.1.${ordinal}` as StepId;
}

export function stepStarted(step = firstStep): StampedEvent {
  return { at: at + 3, type: 'step.started', step, attempt: 1 };
}

export function stepFinished(
  step = firstStep,
  outcome: Outcome = { status: 'succeeded', value: undefined },
  attempt = 1,
): StampedEvent {
  return { at: at + 4, type: 'step.finished', step, attempt, outcome };
}

export function noted(message: string): StampedEvent {
  return { at: at + 5, type: 'run.noted', level: 'info', message };
}

export function output(text: string | Uint8Array, offset = 0, step = firstStep, attempt = 1): StampedEvent {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return {
    at: at + 6,
    type: 'output',
    from: { step, attempt },
    stream: 'stdout',
    offset,
    bytes,
    cursor: offset + bytes.length,
  };
}

export function finished(status: EndStatus = 'succeeded'): StampedEvent {
  return { at: at + 9, type: 'run.finished', status };
}

/** Reads to the end. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Describes an event for a comparison: its number and its subject. */
export function told(event: StoredEvent): string {
  if (event.type === 'run.noted') return `${event.seq} ${event.message}`;
  if (event.type === 'output') return `${event.seq} ${new TextDecoder().decode(event.bytes)}`;
  return `${event.seq} ${event.type}`;
}
