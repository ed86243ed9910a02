import type { Activity } from '../../model/activity.ts';
import { onAbort } from '../../util/abort.ts';
import { WorkspaceError } from '../../workspace/workspace-error.ts';
import type { Snapshot } from '../../workspace/workspace.ts';
import type { Machine } from '../machine.ts';
import type { StartRequest } from '../run-service.ts';
import type { SourcePlace } from './read-source.ts';

/** Reads the tree of a new run from the start, so that Git lists the files while the store opens and the plan is made. */
export class TreeReading {
  readonly #stop = new AbortController();
  readonly #since: number;
  #read = { files: 0, bytes: 0 };
  #keepIn: (folder: Promise<string>) => void = () => undefined;
  readonly #reading: Promise<Snapshot>;

  /** @param placing resolves to the configuration's folder, which is read unless the request names another root */
  constructor(
    machine: Pick<Machine, 'files' | 'clock'>,
    { root, gitIgnore, build }: Pick<StartRequest, 'root' | 'gitIgnore' | 'build'>,
    placing: Promise<Pick<SourcePlace, 'directory'>>,
  ) {
    this.#since = machine.clock.now();
    const folder = new Promise<string>((resolve) => (this.#keepIn = resolve));
    const progress = (files: number, bytes: number) => void (this.#read = { files, bytes });
    const { signal } = this.#stop;
    // Builds read their sources in place.
    const ignore = build ? 'everything' : gitIgnore ? 'git' : 'none';
    this.#reading = placing.then(
      async ({ directory }) =>
        await machine.files.takeSnapshot({ root: root ?? directory, folder, ignore, progress, signal }),
    );
    this.#reading.catch(() => undefined);
  }

  /** Names the run's folder, which gets the snapshot. Nothing is written before. */
  keepIn(folder: Promise<string>): void {
    folder.catch(() => undefined);
    this.#keepIn(folder);
  }

  activity(): Activity {
    return { type: 'reading', since: this.#since, ...this.#read };
  }

  /** Returns a `WorkspaceError` if the tree cannot be read: the run records that as its end. */
  async result(signal: AbortSignal): Promise<Snapshot | WorkspaceError> {
    using _stopped = onAbort(signal, (reason) => this.#stop.abort(reason));
    try {
      return await this.#reading;
    } catch (error) {
      if (error instanceof WorkspaceError) return error;
      throw error;
    }
  }

  /** Stops reading. Resolves when nothing of it is left in the run's folder. Without that folder, nothing ever was. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#reading.catch(() => undefined);
  }
}
