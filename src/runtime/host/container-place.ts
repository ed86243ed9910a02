import { join } from 'node:path';
import { argumentText, placeOf } from '../mounts.ts';
import type { Argument, ContainerSpec } from '../runtime.ts';
import type { CommandPlace, WorkloadFolder } from './workload-folder.ts';

/** A command that is not started yet. */
export interface CommandRequest {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly place: CommandPlace;
}

/** What a container of the specification is on the host: where it works, and what its commands get. */
export class ContainerPlace {
  readonly workingDirectory: string;
  readonly #env: Readonly<Record<string, string>>;

  constructor(
    readonly spec: ContainerSpec,
    private readonly folder: WorkloadFolder,
    base: Readonly<Record<string, string>>,
  ) {
    const own = Object.entries(spec.env).map(([name, value]) => [name, this.#text(value)] as const);
    this.#env = { ...base, ...Object.fromEntries(own) };
    this.workingDirectory = spec.workingDirectory === undefined ? folder.path : this.#text(spec.workingDirectory);
  }

  /** What one more command in it is started with; the workload's folder must exist. */
  command(argv: readonly Argument[]): CommandRequest {
    const place = this.folder.nextCommand();
    const env = { ...this.#env, [place.variable.name]: place.variable.value };
    return { argv: argv.map((argument) => this.#text(argument)), env, cwd: this.workingDirectory, place };
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
