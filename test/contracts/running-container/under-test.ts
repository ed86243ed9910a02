import type { Clock } from '../../../src/model/clock.ts';
import type { Labels, Runtime } from '../../../src/runtime/runtime.ts';
import type { Language } from '../../../src/runtime/fake/verb.ts';
import type { RunningBench } from './bench.ts';

export interface RunningUnderTest {
  readonly runtime: Runtime;
  /** A local image with everything that `shellLanguage` needs. */
  readonly image: string;
  /** Default: `shellLanguage`. */
  readonly language?: Language;
  readonly clock: Clock;
  /** Creates and starts a container without the runtime, as `kubectl` or `docker compose` would. */
  create(wanted: OutsideContainer): Promise<void>;
  /** Removes such a container at once. Not an error if it is gone. */
  remove(name: string): Promise<void>;
  /** Opens the same platform over connections that the test can break. Present with the trait `cuts`. */
  breakable?(): Promise<BreakableRuntime>;
  close?(): Promise<void>;
}

export interface OutsideContainer {
  /** Of the container, and of its pod if it has one. */
  readonly name: string;
  readonly labels: Labels;
  readonly command: readonly string[];
  readonly restart: 'never' | 'always';
}

export interface BreakableRuntime extends AsyncDisposable {
  readonly runtime: Runtime;
  /** Cuts all connections. New ones are accepted. */
  cut(): void;
  /** Cuts all connections and accepts none until `back`. */
  away(): Promise<void>;
  back(): Promise<void>;
}

export interface RunningTraits {
  /** Keeps stdout and stderr apart. Otherwise all output is `combined`. */
  readonly apart: boolean;
  /** Containers have ports. */
  readonly network: boolean;
  /** Connections can break. */
  readonly cuts: boolean;
  /** Keeps the output of all processes of a container. Otherwise of the last two. */
  readonly wholeLog: boolean;
}

export interface RunningContract {
  /** Of the current test. */
  readonly bench: () => RunningBench;
  readonly traits: RunningTraits;
}
