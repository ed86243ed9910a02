import { closeSync, openSync } from 'node:fs';
import { makeFifos, openFifo } from '../../util/fifo.ts';
import type { CommandRequest, ContainerPlace } from './container-place.ts';
import { startProcess, type HostProcess, type ProcessEnd, type ProcessContext } from './host-process.ts';
import { ProcessOutput } from './process-output.ts';
import type { CommandPlace } from './workload-folder.ts';

export type StartedCommand = { readonly command: HostCommand } | { readonly refused: string };

export interface CommandOptions {
  readonly input: 'none' | 'pipe';
  /** Reports whether `makeOutputFifos` created FIFOs for the command. */
  readonly fifos: boolean;
  /** No reader can read its output before its end. */
  readonly unread: boolean;
}

export async function startCommand(
  place: ContainerPlace,
  request: CommandRequest,
  options: CommandOptions,
  around: ProcessContext,
): Promise<StartedCommand> {
  const { argv, env, cwd, place: own } = request;
  const open = () => ({ stdout: openFifo(own.file('stdout')), stderr: openFifo(own.file('stderr')) });
  const marker = openSync(own.file('marker'), 'ax', 0o600);
  try {
    const fifos = options.fifos && { fifos: open() };
    const common = { argv, env, cwd, mark: own.mark, marker, input: options.input };
    const spawned = await startProcess({ ...common, ...fifos }, around);
    return 'refused' in spawned ? spawned : { command: new HostCommand(place, spawned.child, options.unread) };
  } finally {
    closeSync(marker);
  }
}

/**
 * Creates FIFOs for the output of these commands. Returns `false` if the system has none: then Node's pipes are used.
 */
export async function makeOutputFifos(commands: readonly { readonly place: CommandPlace }[]): Promise<boolean> {
  return await makeFifos(commands.flatMap(({ place }) => [place.file('stdout'), place.file('stderr')]));
}

/** A started command of a container. */
export class HostCommand {
  readonly output: ProcessOutput;
  readonly ended: Promise<ProcessEnd>;
  /** Resolves when no process of the command runs. The output ends then. */
  readonly settled: Promise<void>;

  constructor(
    readonly place: ContainerPlace,
    readonly child: HostProcess,
    unread: boolean,
  ) {
    this.ended = child.ended;
    this.settled = this.ended.then(async () => await child.kill());
    this.output = new ProcessOutput({ stdout: child.stdout, stderr: child.stderr }, this.settled, unread);
  }

  /** Kills all processes of the command. Resolves when none runs. */
  async force(): Promise<void> {
    if (!this.child.over) await this.child.kill();
    await this.settled;
  }
}
