import { systemClock } from '../../model/clock.ts';
import type { RuntimeProvider } from '../runtime.ts';
import type { FakeScript } from './behaviour.ts';
import { FakeRuntime, type FakeSettings } from './fake-runtime.ts';
import { interpreting } from './interpret.ts';
import { verbLanguage } from './verb.ts';

/**
 * `--on fake`: always there. Without a script of a test, every command succeeds at once; `shell: fake` takes verbs as
 * its commands.
 */
export function fakeProvider(settings: Partial<FakeSettings> = {}): RuntimeProvider {
  const runtime = new FakeRuntime({ clock: systemClock, script: succeeding, fill: 'whenUsed', ...settings });
  return { kind: 'fake', connect: async () => ({ status: 'connected', runtime }) };
}

const succeeding: FakeScript = (container, workload) =>
  container.command[0] === verbLanguage.interpreter ? interpreting(container, workload) : { does: 'exit', code: 0 };
