import type { Failure } from '../../model/outcome.ts';
import { shownObject } from '../kubernetes-object.ts';
import { resourceTroubles } from './resource-troubles.ts';
import { inProgress, ready, type Standing } from './standing.ts';
import type { StatusRecords } from './status-records.ts';
import type { Trouble } from './trouble.ts';
import { verdictAtDeadline, verdictOf, type Verdict } from './verdict.ts';
import type { WaitedResource } from './waited-resource.ts';

export interface TrackerOptions {
  readonly tolerate: boolean;
  /** After this many restarts a container that has ended again is a crash loop. */
  readonly restarts: number;
  /** A trouble that may heal, and keeps a container from starting, is final once it has lasted this long, in milliseconds. Absent: never. */
  readonly patienceMs?: number;
  /** Called for each new verdict. */
  readonly onVerdict: (verdict: Verdict, resource: ShownResource) => void;
}

/** An object of a status check as people and events name it. */
export interface ShownResource {
  readonly resource: string;
  readonly namespace?: string;
}

/** A deleted object may be about to be replaced. */
const goneGraceMs = 2_000;

/** Follows one object of a status check. Observes each change of its status once. */
export class ResourceTracker {
  readonly shown: string;
  readonly resource: WaitedResource;
  /** A failure is final. A ready object may become unready while others are waited for. */
  #verdict: Verdict = { status: 'inProgress', message: '' };
  #wasSeen = false;
  /** The troubles that last, and since when. */
  #since = new Map<string, number>();
  readonly #records: StatusRecords;
  readonly #options: TrackerOptions;

  constructor(resource: WaitedResource, records: StatusRecords, options: TrackerOptions) {
    this.resource = resource;
    this.shown = shownObject(resource.object);
    this.#records = records;
    this.#options = options;
  }

  get verdict(): Verdict {
    return this.#verdict;
  }

  /**
   * Judges what is known now.
   * @returns in how many milliseconds to check again, if nothing changes before
   */
  check(now: number): number | undefined {
    if (this.#verdict.status === 'failed') return undefined;
    const { standing, troubles } = this.#known();
    const isKnown = new Set(troubles.map(({ detail }) => detail));
    for (const detail of [...this.#since.keys()]) if (!isKnown.has(detail)) this.#since.delete(detail);
    for (const detail of isKnown) if (!this.#since.has(detail)) this.#since.set(detail, now);
    const leftMs = ({ detail, graceMs = 0 }: Trouble) => (this.#since.get(detail) ?? now) + graceMs - now;
    const { tolerate } = this.#options;
    this.#conclude(verdictOf({ standing, troubles, tolerate, hasLasted: (trouble) => leftMs(trouble) <= 0 }));
    const waits = troubles.filter(({ heals }) => heals === 'never').map(leftMs);
    const next = Math.min(...waits.filter((ms) => ms > 0));
    return Number.isFinite(next) && this.verdict.status === 'inProgress' ? next : undefined;
  }

  /** Time is up. */
  expire(deadlineMs: number): void {
    if (this.#verdict.status !== 'inProgress') return;
    this.#conclude(verdictAtDeadline(this.#known(), deadlineMs));
  }

  #known(): { readonly standing: Standing; readonly troubles: readonly Trouble[] } {
    const { path, object: wanted, kind } = this.resource;
    const object = this.#records.at(path, wanted.name);
    if (object === undefined) return this.#missing();
    this.#wasSeen = true;
    const standing = kind.judge(object, this.#records.eventsOf(object).at(-1)?.reason);
    if (standing.status === 'succeeded') return { standing, troubles: [] };
    const { restarts, patienceMs } = this.#options;
    const troubles = resourceTroubles(object, kind.pods, this.#records, restarts);
    return { standing, troubles: patienceMs === undefined ? troubles : troubles.map(withPatience(patienceMs)) };
  }

  #missing(): { readonly standing: Standing; readonly troubles: readonly Trouble[] } {
    const { pods } = this.resource.kind;
    const { status, message } = this.#verdict;
    // A Job or pod may be removed once it has completed.
    if (status === 'succeeded' && (pods === 'attempts' || pods === 'itself'))
      return { standing: ready(message), troubles: [] };
    const detail = this.#wasSeen ? 'was deleted' : 'does not exist';
    const failure: Failure = { code: 'workload-deleted', detail: `${this.shown} ${detail}`, by: 'cluster' };
    return { standing: inProgress(detail), troubles: [{ detail, failure, heals: 'never', graceMs: goneGraceMs }] };
  }

  #conclude(verdict: Verdict): void {
    const { status, message } = this.#verdict;
    this.#verdict = verdict;
    if (verdict.status === status && verdict.message === message) return;
    const { namespace } = this.resource;
    this.#options.onVerdict(verdict, { resource: this.shown, ...(namespace !== undefined && { namespace }) });
  }
}

/** A trouble with output is that of a container that has run. */
function withPatience(patienceMs: number): (trouble: Trouble) => Trouble {
  return (trouble) =>
    trouble.heals === 'maybe' && trouble.log === undefined
      ? { ...trouble, heals: 'never', graceMs: patienceMs }
      : trouble;
}
