import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../model/clock.ts';
import type { BegunCommand, CommandRecord } from '../../model/work.ts';
import { identifyProcess, type ProcessIdentity } from '../../util/process-identity.ts';
import type { Labels } from '../runtime.ts';
import type { WorkloadFolder, WorkloadRecord } from './workload-folder.ts';

export interface AttemptRecordSettings {
  readonly clock: Clock;
  readonly self: ProcessIdentity;
  readonly labels: Labels;
  /** Called before the folder is created. Removes an older one, with its processes. */
  readonly clear: () => Promise<void>;
}

/**
 * The commands of one attempt of a step, in the folder of a workload. It is created for the first command. All processes carry the
 * folder's mark in their environment.
 */
export class AttemptRecord implements CommandRecord, AsyncDisposable {
  readonly #folder: WorkloadFolder;
  readonly #settings: AttemptRecordSettings;
  #record: Promise<void> | undefined;
  #processes: WorkloadRecord['processes'] = [];
  #createdAt = 0;

  constructor(folder: WorkloadFolder, settings: AttemptRecordSettings) {
    this.#folder = folder;
    this.#settings = settings;
  }

  async begin(): Promise<BegunCommand> {
    this.#record ??= this.#create();
    await this.#record;
    return {
      variable: this.#folder.nextCommand().variable,
      started: (pid) => {
        const identity = identifyProcess(pid, this.#settings.self);
        // It may have ended already. What it left carries the mark.
        if (!identity) return;
        this.#processes = [...this.#processes, { container: 'command', identity }];
        this.#folder.write(this.#content);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#record) await this.#folder.remove();
  }

  get #content(): WorkloadRecord {
    const { name, path } = this.#folder;
    const { labels } = this.#settings;
    return { name, labels, createdAt: this.#createdAt, processes: this.#processes, workingDirectory: path };
  }

  async #create(): Promise<void> {
    await mkdir(dirname(this.#folder.path), { recursive: true, mode: 0o700 });
    await this.#settings.clear();
    this.#createdAt = this.#settings.clock.now();
    this.#folder.create(this.#content, []);
  }
}
