import type { Connection, RuntimeProvider } from '../runtime.ts';
import { HostRuntime, type HostSettings } from './host-runtime.ts';

/** Opens a runtime for `--on host`. Always available. */
export function hostProvider(settings: HostSettings): RuntimeProvider {
  return {
    kind: 'host',
    connect: async (): Promise<Connection> => ({ status: 'connected', runtime: new HostRuntime(settings) }),
  };
}
