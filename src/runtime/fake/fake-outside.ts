import type { Clock } from '../../model/clock.ts';
import type { ContainerSpec, Labels } from '../runtime.ts';
import type { Behaviour } from './behaviour.ts';
import { FakeContainer } from './fake-container.ts';
import { FakeTree } from './fake-tree.ts';
import { interpret } from './interpret.ts';
import { doubledMs } from '../../util/doubled-ms.ts';

export interface FakeOutsideSpec {
  readonly name: string;
  readonly labels: Labels;
  readonly command: readonly string[];
  /** Default: runs `fake -c VERBS`. */
  readonly behaviour?: Exclude<Behaviour, { does: 'failStart' }>;
  readonly restart: 'never' | 'always';
}

const firstPauseMs = 20;
const longestPauseMs = 1_000;
const removed = { code: 'workload-deleted', detail: 'the container was removed' } as const;

/** A container that no runtime started: one process after the other with the same files. All of `/` is a volume. */
export class FakeOutside {
  readonly #processes: FakeContainer[] = [];
  readonly #volumes = new Map([['root', new FakeTree([])]]);
  readonly #over = new AbortController();
  readonly #clock: Clock;
  readonly #changed: () => void;

  constructor(
    readonly id: string,
    readonly wanted: FakeOutsideSpec,
    clock: Clock,
    changed: () => void,
  ) {
    this.#clock = clock;
    this.#changed = changed;
  }

  get spec(): ContainerSpec {
    const { name, command } = this.wanted;
    return { name, image: 'image', command, env: {}, mounts: [{ volume: 'root', path: '/' }] };
  }

  get volumes(): ReadonlyMap<string, FakeTree> {
    return this.#volumes;
  }

  /** The last one is the current one. */
  get processes(): readonly FakeContainer[] {
    return this.#processes;
  }

  get waitsForRestart(): boolean {
    return this.wanted.restart === 'always' && this.#processes.at(-1)?.ended === true && !this.#over.signal.aborted;
  }

  /** Starts a process, and another one after its end if the policy says so. */
  begin(): void {
    const process = new FakeContainer(this.spec, this.#volumes, this.#clock);
    this.#processes.push(process);
    process.begin(this.wanted.behaviour ?? { does: 'run', program: interpret }, () => undefined);
    this.#changed();
    void process.exited().then(async () => {
      this.#changed();
      if (!this.waitsForRestart) return;
      const pauseMs = doubledMs(this.#processes.length - 1, firstPauseMs, longestPauseMs);
      await this.#clock.sleep(pauseMs, this.#over.signal).catch(() => undefined);
      if (!this.#over.signal.aborted) this.begin();
    });
  }

  /** Like `docker restart`. */
  restart(): void {
    if (this.wanted.restart === 'always') this.#processes.at(-1)?.kill();
    else {
      this.#processes.at(-1)?.kill();
      this.begin();
    }
  }

  end(): void {
    this.#over.abort();
    this.#processes.at(-1)?.fail(removed);
  }
}
