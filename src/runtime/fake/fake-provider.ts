import type { RuntimeProvider } from '../runtime.ts';
import type { FakeScript } from './behaviour.ts';
import { FakeRuntime, type FakeSettings } from './fake-runtime.ts';
import { interpreting } from './interpret.ts';
import { verbLanguage } from './verb.ts';

/**
 * Opens a runtime for `--on fake`. Always available. Without a test's script, every command succeeds at once. `shell:
 * fake` interprets verbs as commands.
 */
export function fakeProvider(settings: Partial<FakeSettings> & Pick<FakeSettings, 'clock'>): RuntimeProvider {
  const runtime = new FakeRuntime({ script: succeeding, fill: 'whenUsed', ...settings });
  return { kind: 'fake', connect: async () => ({ status: 'connected', runtime }) };
}

const succeeding: FakeScript = (container, workload) =>
  container.command[0] === verbLanguage.interpreter ? interpreting(container, workload) : { does: 'exit', code: 0 };
