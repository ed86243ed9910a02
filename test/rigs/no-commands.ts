import type { CommandRecords } from '../../src/runtime/command-records.ts';

/** The records of a machine where no step runs a command of its own. */
export const noCommands: CommandRecords = {
  async *find() {
    // There are none.
  },
  remove: async () => await Promise.resolve(),
  record: () => {
    throw new Error('this machine records no commands');
  },
  whileOwned: () => noCommands,
};
