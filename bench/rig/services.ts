/** Slipway's parts in this process, composed as in `app/compose.ts`, without a command line or a configuration file. */
import { noCommands } from '../../test/rigs/no-commands.ts';
import { skaffoldReader } from '../../src/skaffold/configuration-reader.ts';
import { sourceFiles } from '../../src/util/source-files.ts';
import type { ContainerStepSpec } from '../../src/wharf/specs/specs.ts';
import { noOperatorFile } from '../../src/operator/file/operator-file.ts';
import { wharfFrontEnd } from '../../src/wharf/front-end.ts';
import { Places } from '../../src/runs/places/places.ts';
import { join } from 'node:path';
import { localServices, type LocalMachine } from '../../src/runs/local-services.ts';
import type { DrivenRun, StartRequest, Started } from '../../src/runs/run-service.ts';
import type { Services } from '../../src/runs/services.ts';
import { systemClock, type Clock } from '../../src/model/clock.ts';
import { stepId, type Digest } from '../../src/model/ids.ts';
import type { PlannedStage } from '../../src/model/plan.ts';
import type { RuntimeProvider } from '../../src/runtime/runtime.ts';
import { openBatchedSink } from '../../src/store/log/batched-sink.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { RunLog, Store } from '../../src/store/store.ts';
import { isProcessAlive, readProcessIdentity } from '../../src/util/process-identity.ts';
import { TarEncoder } from '../../src/tar/tar-encoder.ts';
import { openArtifactStore } from '../../src/workspace/artifacts/artifact-store.ts';
import { openCacheStore } from '../../src/workspace/caches/cache-store.ts';
import { takeSnapshot } from '../../src/workspace/snapshot/snapshot.ts';
import type { Snapshot } from '../../src/workspace/workspace.ts';

export interface BenchParts {
  readonly state: string;
  readonly provider: RuntimeProvider;
  readonly stages: readonly PlannedStage[];
  /** The workspace, read again in each run. Absent: an empty one without cost. */
  readonly directory?: string;
  /** Wraps the log between the sink and the store. */
  readonly log?: (log: RunLog) => Pick<RunLog, 'append'>;
}

export function benchServices({ state, provider, stages, directory, log }: BenchParts): Services {
  const clock: Clock = systemClock;
  const operator = async () => ({ value: noOperatorFile, diagnostics: [] });
  const machine: LocalMachine = {
    clock,
    env: {},
    home: '/bench',
    operator,
    commands: async () => await Promise.resolve(noCommands),
    places: new Places({
      clock,
      env: {},
      home: '/bench',
      operator,
      local: { [provider.kind]: async () => provider },
      kubernetes: async () => provider,
    }),
    frontEnd: {
      ...wharfFrontEnd({ env: {}, platform: 'linux', home: '/bench', operator }),
      load: async () => ({
        diagnostics: [],
        given: [],
        passwords: [],
        value: {
          name: 'bench',
          directory: '/bench',
          file: '.wharf-ci.yml',
          plan: { stages },
          environments: [],
          variables: [],
          names: { secrets: [], clusters: [], certificates: false, commandLineCluster: false, keys: [] },
          filled: () => ({ stages }),
        },
      }),
    },
    configurations: skaffoldReader({
      ...{ env: {}, home: '/bench', repositories: state, files: sourceFiles },
      kube: async () => await Promise.resolve({}),
    }),
    initializer: {
      inspect: async () => await Promise.reject(new Error('no benchmark makes a configuration')),
      propose: async () => await Promise.reject(new Error('no benchmark makes a configuration')),
    },
    openStore: async () => await openBenchStore(state),
    openSink: async (own, onBroken) => openBatchedSink({ log: log?.(own) ?? own, clock, onBroken }),
    place: async () => ({ project: '/bench', directory: directory ?? '/bench', file: '.wharf-ci.yml' }),
    describe: async (place) => place,
    files: {
      takeSnapshot: async (request) => (directory === undefined ? emptySnapshot : await takeSnapshot(request)),
      openSnapshot: async () => undefined,
      shareSnapshot: async () => undefined,
      openArtifacts: async (folder) => openArtifactStore(folder),
      openCaches: async () => openCacheStore(join(state, 'caches'), { clock }),
    },
    tryCluster: async () => await Promise.reject(new Error('no cluster')),
    plainWorkload: async () => await Promise.reject(new Error('no cluster')),
    buildCache: async () => await Promise.reject(new Error('no builds')),
    schemas: async () => ({}),
  };
  return localServices(machine, { retention: (now) => ({ now }), pruneMarker: join(state, 'pruned') });
}

export async function openBenchStore(state: string): Promise<Store> {
  const self = readProcessIdentity();
  return await openSqliteStore({
    folder: state,
    owner: self,
    clock: systemClock,
    isAlive: (identity) => isProcessAlive(identity, self),
  });
}

export function startOn(provider: RuntimeProvider): StartRequest {
  return {
    path: '/bench',
    stages: [],
    steps: [],
    inputs: [],
    on: [provider.kind],
    pull: 'missing',
    keepFailed: false,
    gitIgnore: true,
  };
}

/** Returns stages as the front end plans them. */
export function stagesOf(stages: number, stepsEach: number, image: string, command = 'true'): PlannedStage[] {
  return Array.from({ length: stages }, (_, s): PlannedStage => ({
    ordinal: s + 1,
    name: `stage-${s + 1}`,
    runsIf: 'success',
    onFailure: 'cancelSiblings',
    declaredAt: { file: '.wharf-ci.yml', line: 1 + s * 5, column: 1, length: 7 },
    steps: Array.from({ length: stepsEach }, (_, i) => ({
      id: stepId(1, s + 1, i + 1),
      name: `step-${i + 1}`,
      needs: [],
      policy: { retries: 0, allowFailure: false },
      artifacts: [],
      cache: [],
      spec: containerSpec(image, command),
      declaredAt: { file: '.wharf-ci.yml', line: 2 + i * 4, column: 3, length: 6 },
    })),
  }));
}

function containerSpec(image: string, command: string): ContainerStepSpec {
  return { kind: 'container', image, commands: [command], shell: '/bin/sh', os: 'linux', env: {} };
}

const emptySnapshot: Snapshot = {
  ref: { digest: `sha256:${'0'.repeat(64)}` as Digest, files: 0, bytes: 0 },
  notes: [],
  async *open() {
    const tar = new TarEncoder();
    tar.finish();
    yield* tar.take();
  },
};

/** Returns the run. Throws if it was refused. */
export function driven(started: Started): DrivenRun {
  if (started.status === 'driven') return started.run;
  throw new Error(started.diagnostics.map(({ message }) => message).join('; '));
}
