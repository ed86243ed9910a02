import type { Clock } from '../../../src/model/clock.ts';
import type { Labels, Runtime, WorkloadRef } from '../../../src/runtime/runtime.ts';
import type { Language } from '../../../src/runtime/fake/verb.ts';
import type { Bench } from './bench.ts';

export interface RuntimeUnderTest {
  readonly runtime: Runtime;
  /** Has what `shellLanguage` needs. Must be there already. */
  readonly image: string;
  /** Default: `shellLanguage`. */
  readonly language?: Language;
  readonly clock: Clock;
  /** Another `Runtime` on the same engine, as another process would open it. */
  reopen(): Promise<Runtime>;
  /**
   * Names of everything with these labels that is still there, seen past the runtime: containers, volumes, processes,
   * folders.
   */
  leftovers(labels: Labels): Promise<readonly string[]>;
  /**
   * Stops a workload's containers and starts them again, as `docker restart` does, past the runtime. There where the
   * trait `restarts` is.
   */
  restart?(ref: WorkloadRef): Promise<void>;
  close?(): Promise<void>;
}

export interface RuntimeTraits {
  /** Pulls images; a host has none. */
  readonly images: boolean;
  /** Goes on with what another process started; otherwise `adopt` gives `runtime-lost`. */
  readonly adoption: boolean;
  /** Output can be read again from any cursor; otherwise each byte is handed over once. */
  readonly replay: boolean;
  readonly memoryLimits: boolean;
  /** Somebody else can start a container again that has been stopped. */
  readonly restarts: boolean;
  /** Tells stdout and stderr apart; otherwise all is `combined`, in the order in which it came. */
  readonly apart: boolean;
  /** What is printed is there before its line has ended. */
  readonly halfLines: boolean;
  /** Keeps a carriage return that is before a line feed. */
  readonly lineEnds: boolean;
  /** What a command prints in its last moments is kept, however much it is. */
  readonly lastWords: boolean;
  /** Files of the volume that must go without a hitch. */
  readonly manyFiles: number;
  /** About as many bytes of output in one go. */
  readonly bulk: number;
}

export interface Contract {
  /** The one of the test that runs. */
  readonly bench: () => Bench;
  readonly traits: RuntimeTraits;
}
