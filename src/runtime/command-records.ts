import type { ConfirmOwner } from '../model/ownership.ts';
import type { CommandRecord } from '../model/work.ts';
import type { Runtime, WorkloadRef } from './runtime.ts';

/** The lifetime in the labels of commands, which tells them from workloads of the host. */
export const commandLifetime = 'command';

/**
 * Records the commands that builds run on this machine: custom builders, hooks and tools such as Maven. After a crash of Slipway,
 * another process finds what they left as it finds workloads. No command can be adopted.
 */
export interface CommandRecords extends Pick<Runtime, 'find' | 'remove'> {
  /**
   * Returns the record of one attempt of a step. Nothing is stored before the first command begins. Dispose of it once all commands
   * have ended. It ends no process.
   */
  record(attempt: Pick<WorkloadRef, 'name' | 'labels'>): CommandRecord & AsyncDisposable;
  /** See `Runtime.whileOwned`. */
  whileOwned(confirm: ConfirmOwner): CommandRecords;
}
