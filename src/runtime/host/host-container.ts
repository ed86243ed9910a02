import { join } from 'node:path';
import type { Clock } from '../../model/clock.ts';
import { makeFifos, openFifo } from '../../util/fifo.ts';
import { argumentText, placeOf } from '../mounts.ts';
import type { Argument, ContainerSpec } from '../runtime.ts';
import { startProcess, type HostProcess, type ProcessEnd, type ProcessRequest, type ProcessSurroundings } from './host-process.ts';
import { ProcessOutput } from './process-output.ts';
import type { WorkloadFolder } from './workload-folder.ts';

/** What a container of the specification is on the host: where it works, and what its commands get once that runs. */
export class ContainerPlace {
  readonly workingDirectory: string;
  readonly #env: Readonly<Record<string, string>>;

  constructor(
    readonly spec: ContainerSpec,
    readonly folder: WorkloadFolder,
    base: Readonly<Record<string, string>>,
  ) {
    this.#env = { ...base, ...Object.fromEntries(Object.entries(spec.env).map(([name, value]) => [name, this.#text(value)])) };
    this.workingDirectory = spec.workingDirectory === undefined ? folder.path : this.#text(spec.workingDirectory);
  }

  /** What one more command in it is started with. */
  command(argv: readonly Argument[]): Pick<ProcessRequest, 'argv' | 'env' | 'cwd' | 'mark'> {
    const { name, value, mark } = this.folder.nextMark();
    return { argv: argv.map((argument) => this.#text(argument)), env: { ...this.#env, [name]: value }, cwd: this.workingDirectory, mark };
  }

  /** Where a path of the container is on this machine; `undefined`: in none of its volumes. */
  hostPath(path: string): string | undefined {
    const place = placeOf(path, this.spec.mounts);
    return place && join(this.folder.folderOf(place.volume), place.path);
  }

  #text(argument: Argument): string {
    return argumentText(argument, (volume) => this.folder.folderOf(volume));
  }
}

export type StartedContainer = { readonly container: HostContainer } | { readonly refused: string };

/** @param unread nobody can read its output before its end */
export async function startContainer(place: ContainerPlace, around: ProcessSurroundings, fifos: boolean, unread: boolean): Promise<StartedContainer> {
  const { spec, folder } = place;
  const spawned = await startProcess(
    {
      ...place.command(spec.command),
      input: 'none',
      ...(fifos && { fifos: { stdout: openFifo(folder.fifo(spec.name, 'stdout')), stderr: openFifo(folder.fifo(spec.name, 'stderr')) } }),
    },
    around,
  );
  return 'refused' in spawned ? spawned : { container: new HostContainer(place, spawned.child, around.clock, unread) };
}

/** Pipes for the output of all these; `false` where the system has none and Node's own must do. */
export async function makeContainerFifos(places: readonly ContainerPlace[]): Promise<boolean> {
  return await makeFifos(places.flatMap(({ spec, folder }) => [folder.fifo(spec.name, 'stdout'), folder.fifo(spec.name, 'stderr')]));
}

const silenceMs = 250;

/** A container whose command was started. */
export class HostContainer {
  readonly output: ProcessOutput;
  readonly ended: Promise<ProcessEnd>;
  /** When nothing of it runs any more; the output ends then, never before. */
  readonly settled: Promise<void>;

  constructor(
    readonly place: ContainerPlace,
    readonly child: HostProcess,
    clock: Clock,
    unread: boolean,
  ) {
    this.ended = child.ended;
    this.settled = this.ended.then(async () => await child.kill());
    this.output = new ProcessOutput({ stdout: child.stdout, stderr: child.stderr }, this.settled, unread);
    void this.settled.then(async () => await this.#endOutput(clock));
  }

  /** Kills what runs of it; resolves when nothing does. */
  async force(): Promise<void> {
    if (!this.child.over) await this.child.kill();
    await this.settled;
  }

  /**
   * With every process gone the pipes end by themselves. If one that could not be killed (of another user) holds them, what it
   * prints is no longer ours: the output ends when the pipes have been silent for a while.
   */
  async #endOutput(clock: Clock): Promise<void> {
    let before = this.output.progress.received;
    while (!this.output.ended) {
      await clock.sleep(silenceMs);
      const { received, waits } = this.output.progress;
      if (received === before && !waits) this.output.abandon();
      before = received;
    }
  }
}
