import type { Clock } from '../../../src/model/clock.ts';
import type { Labels, Runtime, WorkloadRef } from '../../../src/runtime/runtime.ts';
import type { Language } from '../../../src/runtime/fake/verb.ts';
import type { Bench } from './bench.ts';

export interface RuntimeUnderTest {
  readonly runtime: Runtime;
  /** An image with everything that `shellLanguage` needs. It must exist already. */
  readonly image: string;
  /** Default: `shellLanguage`. */
  readonly language?: Language;
  readonly clock: Clock;
  /** Opens another `Runtime` on the same engine, as another process would. */
  reopen(): Promise<Runtime>;
  /**
   * Returns the names of everything left with these labels, read from the platform directly: containers, volumes,
   * processes, folders.
   */
  leftovers(labels: Labels): Promise<readonly string[]>;
  /**
   * Stops and starts a workload's containers like `docker restart`, without the runtime. Present with the trait
   * `restarts`.
   */
  restart?(ref: WorkloadRef): Promise<void>;
  close?(): Promise<void>;
}

export interface RuntimeTraits {
  /** Pulls images. A host has none. */
  readonly images: boolean;
  /** Adopts workloads of other processes. Otherwise `adopt` returns `runtime-lost`. */
  readonly adoption: boolean;
  /** Output can be read again from any cursor. Otherwise each byte is returned once. */
  readonly replay: boolean;
  readonly memoryLimits: boolean;
  /** Other clients can start a stopped container again. */
  readonly restarts: boolean;
  /** Keeps stdout and stderr apart. Otherwise all output is `combined`, in arrival order. */
  readonly apart: boolean;
  /** Returns output before its line has ended. */
  readonly halfLines: boolean;
  /** Keeps a carriage return before a line feed. */
  readonly lineEnds: boolean;
  /** Keeps everything that a command prints just before its end. */
  readonly lastWords: boolean;
  /** The number of files that a volume must support. */
  readonly manyFiles: number;
  /** The approximate number of bytes of output in one test. */
  readonly bulk: number;
}

export interface Contract {
  /** Of the current test. */
  readonly bench: () => Bench;
  readonly traits: RuntimeTraits;
}
