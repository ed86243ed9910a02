import type { Failure } from '../../model/outcome.ts';
import type { ContainerSpec, WorkloadSpec } from '../runtime.ts';
import type { FakeProcess } from './fake-process.ts';

/** Decides what a container of the fake runtime does when it starts. */
export type FakeScript = (container: ContainerSpec, workload: WorkloadSpec) => Behaviour;

export type Behaviour =
  | ({ readonly does: 'exit'; readonly code: number } & Printed)
  /** Runs until it is stopped. `onTerm`: the exit code on SIGTERM (default: as if killed by the signal). */
  | ({ readonly does: 'hang'; readonly onTerm?: number | 'ignore' } & Printed)
  /** Prints, then the engine disappears for all clients. */
  | ({ readonly does: 'loseEngine' } & Printed)
  | { readonly does: 'failStart'; readonly failure: Failure }
  | { readonly does: 'run'; readonly program: FakeProgram };

interface Printed {
  readonly stdout?: string;
  readonly stderr?: string;
  /** Files to write before printing: contents by path, relative to the working directory. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A command as a function. The result is the exit code. It ends soon after `self.killed`. */
export type FakeProgram = (self: FakeProcess) => Promise<number>;

/** Makes every workload end at once with this exit code. */
export const alwaysExits =
  (code: number): FakeScript =>
  () => ({ does: 'exit', code });
