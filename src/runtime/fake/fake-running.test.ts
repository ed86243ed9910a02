import { runningContainerContract } from '../../../test/contracts/running-container.contract.ts';
import { systemClock } from '../../model/clock.ts';
import { FakeEngine } from './fake-engine.ts';
import type { FakeOutside } from './fake-outside.ts';
import { fakeRuntime } from './fake-runtime.ts';
import { verbLanguage } from './verb.ts';

runningContainerContract(
  'fake',
  async () => {
    const engine = new FakeEngine();
    const containers = new Map<string, FakeOutside>();
    return {
      runtime: fakeRuntime({ clock: systemClock, engine }),
      image: 'image',
      language: verbLanguage,
      clock: systemClock,
      create: async (wanted) => void containers.set(wanted.name, engine.startOutside(wanted, systemClock)),
      remove: async (name) => {
        const container = containers.get(name);
        if (container !== undefined) engine.removeOutside(container);
      },
    };
  },
  { network: false, cuts: false },
);
