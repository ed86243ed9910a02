/**
 * The only file that knows concrete classes. Each is loaded when it is first used: `runs` needs no engine client,
 * `--help` no database.
 */
import { onlyCluster } from '../model/cluster-word.ts';
import { join } from 'node:path';
import type { Host } from '../cli/host.ts';
import type { PipelineRequest, Services } from '../runs/services.ts';
import type { LoadRequest } from '../wharf/plan/load-pipeline.ts';
import { currentUser } from '../runs/current-user.ts';
import { pipelineFiles } from '../wharf/plan/pipeline-files.ts';
import { localServices } from '../runs/local-services.ts';
import { describeSource, placeSource } from '../runs/read-source.ts';
import type { LocalParts } from '../runs/workshop.ts';
import { retentionOf } from '../cli/retention.ts';
import { stateFolder } from './state-folder.ts';

export function composeServices(host: Host): Services {
  const { env, clock } = host;
  const user = currentUser();
  const home = env['HOME'] ?? user.home;
  const state = stateFolder({ env, platform: host.platform, home, cwd: host.cwd });

  const around = { env, platform: host.platform, home, files: pipelineFiles };

  /** @param all also what stronger variables hide, whatever it costs */
  const readRequest = (request: PipelineRequest, all = false): LoadRequest => ({
    path: request.path,
    files: pipelineFiles,
    selection: {
      stages: request.stages,
      steps: request.steps,
      ...(request.environment !== undefined && { environment: request.environment }),
    },
    inputs: request.inputs,
    environment: env,
    outer: async (directory, mentions) => {
      const { outerVariables } = await import('../wharf/vars/outer-variables.ts');
      return await outerVariables(
        { directory, mentions, flags: request, runNumber: request.runNumber ?? anyNumber, all },
        around,
      );
    },
  });

  const operator = async () => {
    const [{ readOperatorFile }, { operatorPlaces }] = await Promise.all([
      import('../operator/file/read-operator-file.ts'),
      import('../operator/file/operator-places.ts'),
    ]);
    return await readOperatorFile(operatorPlaces(env, host.platform, home), home, pipelineFiles);
  };

  const parts: LocalParts = {
    clock,
    env,
    home,
    operator,
    providers: {
      docker: async () =>
        (await import('../runtime/docker/docker-provider.ts')).dockerProvider({ env, home, uid: user.uid, clock }),
      host: async () => {
        const [{ hostProvider }, { readProcessIdentity }] = await Promise.all([
          import('../runtime/host/host-provider.ts'),
          import('../util/process-identity.ts'),
        ]);
        return hostProvider({ directory: join(state, 'host'), env, clock, self: readProcessIdentity() });
      },
      fake: async () => (await import('../runtime/fake/fake-provider.ts')).fakeProvider(),
    },
    kubernetes: async (cluster) => {
      const [{ kubernetesProvider }, { noKubernetesSettings }] = await Promise.all([
        import('../runtime/kubernetes/kubernetes-provider.ts'),
        import('../model/kubernetes-settings.ts'),
      ]);
      if (typeof cluster === 'string')
        return kubernetesProvider({
          connection: async () => await Promise.resolve(cluster),
          settings: noKubernetesSettings,
          clock,
        });
      const { connection, settings, owner } = cluster;
      return kubernetesProvider({
        connection: async () => await Promise.resolve(connection),
        settings,
        clock,
        ...(owner && { owner }),
      });
    },
    openStore: async () => {
      const [{ openSqliteStore }, { readProcessIdentity, isProcessAlive }] = await Promise.all([
        import('../store/sqlite/sqlite-store.ts'),
        import('../util/process-identity.ts'),
      ]);
      const owner = readProcessIdentity();
      const note = (message: string) => void host.stderr.write(`warning: ${message}\n`);
      return await openSqliteStore({
        folder: state,
        owner,
        clock,
        isAlive: (identity) => isProcessAlive(identity, owner),
        note,
      });
    },
    openSink: async (log, onBroken) =>
      (await import('../store/log/batched-sink.ts')).openBatchedSink({ log, clock, onBroken }),
    load: async (request) => {
      const [{ loadPipeline }, { filledPlan }] = await Promise.all([
        import('../wharf/plan/load-pipeline.ts'),
        import('../wharf/plan/filled-plan.ts'),
      ]);
      const { value, diagnostics, given, passwords, ...known } = await loadPipeline({
        ...readRequest(request),
        // What is only looked at need not run here: somebody else's operator may map its names.
        ...(request.purpose !== 'validate' && { operator }),
        ...(request.kubeContext !== undefined && { kubeContext: request.kubeContext }),
        ...(request.on !== undefined && { onCluster: onlyCluster(request.on) !== undefined }),
        ...(request.purpose !== undefined && { purpose: request.purpose }),
        ...(request.accepted && { accepted: request.accepted }),
      });
      return {
        diagnostics,
        given,
        passwords,
        ...(value !== undefined && { value: { ...known, ...value, filled: () => filledPlan(value) } }),
      };
    },
    variables: async (request) => {
      const [{ loadVariables }, { variableScope }] = await Promise.all([
        import('../wharf/plan/load-pipeline.ts'),
        import('../wharf/vars/variable-scope.ts'),
      ]);
      const { value, ...read } = await loadVariables(readRequest(request, true));
      return { ...read, ...(value !== undefined && { value: variableScope(value) }) };
    },
    outline: async (path) => await (await import('../wharf/plan/outline.ts')).readOutline(path, pipelineFiles),
    place: placeSource,
    describe: async (place) => await describeSource(place, env),
    takeSnapshot: async (request) =>
      await (await import('../workspace/snapshot/snapshot.ts')).takeSnapshot({ ...request, environment: env }),
    shareSnapshot: async (from, to) =>
      await (await import('../workspace/snapshot/snapshot.ts')).shareSnapshot(from, to),
    openSnapshot: async (folder) => await (await import('../workspace/snapshot/snapshot.ts')).openSnapshot(folder),
    openArtifacts: async (folder) =>
      (await import('../workspace/artifacts/artifact-store.ts')).openArtifactStore(folder),
    openCaches: async (note) =>
      (await import('../workspace/caches/cache-store.ts')).openCacheStore(join(state, 'caches'), {
        clock,
        ...(note !== undefined && { note }),
      }),
  };
  return localServices(parts, { retention: (now) => retentionOf(env, now), pruneMarker: join(state, 'pruned') });
}

/** Where only the file is looked at. */
async function anyNumber(): Promise<number> {
  return await Promise.resolve(1);
}
