import { closeSync, openSync } from 'node:fs';
import { makeFifos, openFifo } from '../../util/fifo.ts';
import type { CommandRequest, ContainerPlace } from './container-place.ts';
import { startProcess, type HostProcess, type ProcessEnd, type ProcessSurroundings } from './host-process.ts';
import { ProcessOutput } from './process-output.ts';
import type { CommandPlace } from './workload-folder.ts';

export type StartedCommand = { readonly command: HostCommand } | { readonly refused: string };

export interface CommandOptions {
  readonly input: 'none' | 'pipe';
  /** Whether `makeOutputFifos` made some for it. */
  readonly fifos: boolean;
  /** Nobody can read its output before its end. */
  readonly unread: boolean;
}

export async function startCommand(
  place: ContainerPlace,
  request: CommandRequest,
  options: CommandOptions,
  around: ProcessSurroundings,
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

/** Pipes for the output of all these; `false` where the system has none and Node's own must do. */
export async function makeOutputFifos(commands: readonly { readonly place: CommandPlace }[]): Promise<boolean> {
  return await makeFifos(commands.flatMap(({ place }) => [place.file('stdout'), place.file('stderr')]));
}

/** A command of a container that was started. */
export class HostCommand {
  readonly output: ProcessOutput;
  readonly ended: Promise<ProcessEnd>;
  /** When nothing of it runs any more; the output ends then. */
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

  /** Kills what runs of it; resolves when nothing does. */
  async force(): Promise<void> {
    if (!this.child.over) await this.child.kill();
    await this.settled;
  }
}
