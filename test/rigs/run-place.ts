import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labelKeys } from '../../src/runtime/runtime.ts';
import { engines, type EngineUnderTest } from './engines.ts';
import { engineLeftovers } from './leak-check.ts';
import { openTestCluster, type TestCluster } from './test-cluster.ts';

/** Where a run's steps can run, as the user chooses it. */
export interface RunPlace extends AsyncDisposable {
  readonly name: string;
  /** The value of `--on`. */
  readonly on: string;
  /** The environment by which the command line finds it, in addition to the project's own. */
  readonly env: Readonly<Record<string, string>>;
  /** Set for a cluster. */
  readonly cluster?: TestCluster;
  /**
   * Returns the leftovers of a run, as the platform itself reports them.
   * @param run its id
   */
  readonly leftovers: (run: string) => Promise<readonly string[]>;
}

/** A place that may be available. */
export interface PlaceUnderTest {
  readonly name: string;
  readonly on: string;
  /** Why it is unavailable. Absent if it is available. */
  readonly skip?: string;
  readonly open: () => Promise<RunPlace>;
}

const kubeconfig = process.env['SLIPWAY_TEST_KUBECONFIG'];

/** The cluster of `SLIPWAY_TEST_KUBECONFIG`. Every opening has its own namespace. */
export const clusterPlace: PlaceUnderTest = {
  name: 'kubernetes',
  on: 'kubernetes',
  ...((kubeconfig === undefined || kubeconfig === '') && { skip: 'no cluster (SLIPWAY_TEST_KUBECONFIG)' }),
  open: openCluster,
};

export const enginePlaces: readonly PlaceUnderTest[] = engines.map((engine) => ({
  name: engine.name,
  on: 'docker',
  ...(engine.host === undefined && { skip: `no ${engine.name} (SLIPWAY_TEST_${engine.name.toUpperCase()})` }),
  open: async () => placeOfEngine(engine),
}));

/** Processes of this machine. The project's own `leftovers` finds their leftovers. */
export const hostPlace: PlaceUnderTest = {
  name: 'host',
  on: 'host',
  open: async () => ({
    name: 'host',
    on: 'host',
    env: {},
    leftovers: async () => [],
    [Symbol.asyncDispose]: async () => undefined,
  }),
};

function placeOfEngine({ name, host, socket }: EngineUnderTest): RunPlace {
  return {
    name,
    on: 'docker',
    env: { DOCKER_HOST: host ?? '' },
    leftovers: async (run) => await engineLeftovers(socket, { [labelKeys.run]: run }),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function openCluster(): Promise<RunPlace> {
  const cluster = await openTestCluster();
  if ('skip' in cluster) throw new Error(cluster.skip);
  const folder = await mkdtemp(join(tmpdir(), 'slipway-cluster-'));
  const file = join(folder, 'kubeconfig');
  await writeFile(file, cluster.kubeconfig, { mode: 0o600 });
  return {
    name: 'kubernetes',
    on: 'kubernetes',
    env: { KUBECONFIG: file },
    cluster,
    leftovers: async (run) => await cluster.podsWith({ [labelKeys.run]: run }),
    [Symbol.asyncDispose]: async () => {
      await rm(folder, { recursive: true, force: true });
      await cluster[Symbol.asyncDispose]();
    },
  };
}
