import type { FrontEnd } from '../engine/front-end.ts';
import type { OpenSinkOf } from '../engine/run-driver.ts';
import type { Source } from '../events/event.ts';
import { foldRun, type RunState } from '../events/run-state.ts';
import type { Clock } from '../model/clock.ts';
import type { Checked } from '../model/diagnostic.ts';
import type { RunId } from '../model/ids.ts';
import type { OperatorFile } from '../operator/file/operator-file.ts';
import type { CommandRecords } from '../runtime/command-records.ts';
import type { Store } from '../store/store.ts';
import type { ArtifactStore, CacheStore, Snapshot, SnapshotRequest } from '../workspace/workspace.ts';
import type { Places } from './places/places.ts';
import type { SourcePlace } from './begin/read-source.ts';

/** What one machine offers to runs; `app/compose.ts` makes it. Functions take the parts that they use. */
export interface Machine {
  readonly clock: Clock;
  /** The environment of this process, and the user's home. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly frontEnd: FrontEnd;
  readonly places: Places;
  readonly files: RunFiles;
  readonly openSink: OpenSinkOf;
  /** Opens the records of commands that builds run on this machine. */
  commands(): Promise<CommandRecords>;
  /** Opens the store at the first call. Rejects with `StoreError`. */
  store(): Promise<Store>;
  /** Reads the operator's file. */
  operator(): Promise<Checked<OperatorFile>>;
  /**
   * Returns where the configuration at this path belongs; the path need not exist.
   * @param build whether it is that of a build. A build belongs to the same project as the pipeline of its folder
   */
  place(path: string, build?: boolean): Promise<SourcePlace>;
  /** Returns the source of a run, with what its repository says as far as the signal lets it ask. */
  describe(place: SourcePlace, signal: AbortSignal): Promise<Source>;
}

/** The files of runs. */
export interface RunFiles {
  takeSnapshot(request: SnapshotRequest): Promise<Snapshot>;
  openSnapshot(folder: string): Promise<Snapshot | undefined>;
  /** Makes the snapshot of one run's folder that of another. */
  shareSnapshot(from: string, to: string): Promise<Snapshot | undefined>;
  openArtifacts(folder: string): Promise<ArtifactStore>;
  /** @param note called with what people should know, such as a damaged cache */
  openCaches(note?: (message: string) => void): Promise<CacheStore>;
}

/** Returns the state of a run, as its log has it now. */
export async function stateOf({ store }: Pick<Machine, 'store'>, run: RunId): Promise<RunState> {
  await using reader = await (await store()).read(run);
  return await foldRun(reader.follow(0, new AbortController().signal, 'now', 'structural'));
}
