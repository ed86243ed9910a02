import type { CommandRecords } from '../command-records.ts';
import type { Connection, RuntimeProvider } from '../runtime.ts';
import { HostRuntime, type HostSettings } from './host-runtime.ts';

/** Opens a runtime for `--on host`. Always available. */
export function hostProvider(settings: HostSettings): RuntimeProvider {
  return {
    kind: 'host',
    connect: async (): Promise<Connection> => ({ status: 'connected', runtime: new HostRuntime(settings) }),
  };
}

/** Opens the records of commands that builds run here. `doctor` finds them as it finds workloads of the host. */
export function hostCommands(settings: HostSettings): CommandRecords {
  return new HostRuntime(settings);
}
