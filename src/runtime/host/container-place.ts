import { join } from 'node:path';
import { argumentText, placeOf } from '../mounts.ts';
import type { Argument, ContainerSpec } from '../runtime.ts';
import type { CommandPlace, WorkloadFolder } from './workload-folder.ts';

/** A command that has not started yet. */
export interface CommandRequest {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly place: CommandPlace;
}

/** The place of a container on the host: its folders, working directory and environment. */
export class ContainerPlace {
  readonly workingDirectory: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #folder: WorkloadFolder;

  constructor(
    readonly spec: ContainerSpec,
    folder: WorkloadFolder,
    base: Readonly<Record<string, string>>,
  ) {
    this.#folder = folder;
    const own = Object.entries(spec.env).map(([name, value]) => [name, this.#text(value)] as const);
    this.#env = { ...base, ...Object.fromEntries(own) };
    this.workingDirectory = spec.workingDirectory === undefined ? folder.path : this.#text(spec.workingDirectory);
  }

  /** Returns what to start a command with. The workload's folder must exist. */
  command(argv: readonly Argument[]): CommandRequest {
    const place = this.#folder.nextCommand();
    const env = { ...this.#env, [place.variable.name]: place.variable.value };
    return { argv: argv.map((argument) => this.#text(argument)), env, cwd: this.workingDirectory, place };
  }

  /** Returns a container path's location on this machine; `undefined` if it is in none of its volumes. */
  hostPath(path: string): string | undefined {
    const place = placeOf(path, this.spec.mounts);
    return place && join(this.#folder.folderOf(place.volume), place.path);
  }

  #text(argument: Argument): string {
    return argumentText(argument, (volume) => this.#folder.folderOf(volume));
  }
}
