import type { Connection, RuntimeProvider } from '../runtime.ts';
import { HostRuntime, type HostSettings } from './host-runtime.ts';

/** `--on host`: always there. */
export function hostProvider(settings: HostSettings): RuntimeProvider {
  return {
    kind: 'host',
    connect: async (): Promise<Connection> => ({ status: 'connected', runtime: new HostRuntime(settings) }),
  };
}
