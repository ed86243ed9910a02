/** The only file that knows concrete classes. Each is loaded when it is first used: `runs` needs no engine client, `--help` no database. */
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../cli/host.ts';
import type { Services } from '../cli/services.ts';
import { pipelineFiles } from './pipeline-files.ts';
import { localServices } from './local-services.ts';
import { describeSource, placeSource } from './read-source.ts';
import type { LocalParts } from './workshop.ts';
import { retentionOf } from '../cli/retention.ts';
import { stateFolder } from './state-folder.ts';

export function composeServices(host: Host): Services {
  const { env, clock } = host;
  const home = env['HOME'] ?? homedir();
  const state = stateFolder(env, host.platform, home);
  const uid = userInfo().uid;

  const parts: LocalParts = {
    clock,
    providers: {
      docker: async () => (await import('../runtime/docker/docker-provider.ts')).dockerProvider({ env, home, uid, clock }),
      host: async () => {
        const [{ hostProvider }, { readProcessIdentity }] = await Promise.all([import('../runtime/host/host-provider.ts'), import('../util/process-identity.ts')]);
        return hostProvider({ directory: join(state, 'host'), env, clock, self: readProcessIdentity() });
      },
      fake: async () => (await import('../runtime/fake/fake-provider.ts')).fakeProvider(),
    },
    openStore: async () => {
      const [{ openSqliteStore }, { readProcessIdentity, isProcessAlive }] = await Promise.all([import('../store/sqlite/sqlite-store.ts'), import('../util/process-identity.ts')]);
      const owner = readProcessIdentity();
      return await openSqliteStore({ folder: state, owner, clock, isAlive: (identity) => isProcessAlive(identity, owner) });
    },
    openSink: async (log, onBroken) => (await import('../store/batched-sink.ts')).openBatchedSink({ log, clock, onBroken }),
    load: async (request) => {
      const [{ loadPipeline }, { processVariables }] = await Promise.all([import('../plan/load-pipeline.ts'), import('../vars/process-variables.ts')]);
      const { value, diagnostics, ...known } = await loadPipeline({
        path: request.path,
        files: pipelineFiles,
        selection: { stages: request.stages, steps: request.steps, ...(request.environment !== undefined && { environment: request.environment }) },
        inputs: request.inputs,
        outer: async () => await Promise.resolve({ value: [processVariables(env)], diagnostics: [] }),
        ...(request.kubeContext !== undefined && { kubeContext: request.kubeContext }),
        ...(request.purpose !== undefined && { purpose: request.purpose }),
      });
      return { diagnostics, ...(value !== undefined && { value: { ...known, ...value, given: request.inputs } }) };
    },
    place: placeSource,
    describe: async (place) => await describeSource(place, env),
    takeSnapshot: async (request) => await (await import('../workspace/snapshot.ts')).takeSnapshot({ ...request, environment: env }),
    openSnapshot: async (folder) => await (await import('../workspace/snapshot.ts')).openSnapshot(folder),
    openArtifacts: async (folder) => (await import('../workspace/artifact-store.ts')).openArtifactStore(folder),
    openCaches: async (note) => (await import('../workspace/cache-store.ts')).openCacheStore(join(state, 'caches'), { clock, ...(note !== undefined && { note }) }),
  };
  return localServices(parts, { retention: (now) => retentionOf(env, now), pruneMarker: join(state, 'pruned') });
}
