/**
 * The only file that knows concrete classes. Each is loaded on first use: `runs` needs no engine client, `--help` no
 * database.
 */
import { basename, join } from 'node:path';
import type { Host } from '../cli/host.ts';
import type { ConfigurationReader } from '../engine/configuration-reader.ts';
import type { Services } from '../runs/services.ts';
import { currentUser } from './current-user.ts';
import { sourceFiles } from '../util/source-files.ts';
import { localServices, type LocalMachine } from '../runs/local-services.ts';
import { Places } from '../runs/places/places.ts';
import { wharfFrontEnd } from '../wharf/front-end.ts';
import { pipelineFile } from '../wharf/plan/locate-pipeline.ts';
import { describeSource, placeSource } from '../runs/begin/read-source.ts';
import { retentionOf } from '../cli/retention.ts';
import { linuxPlatform } from '../build/platforms/platform-names.ts';
import { severalFrontEnds } from '../engine/several-front-ends.ts';
import type { ProjectInitializer } from '../engine/project-initializer.ts';
import type { SkaffoldBuildSurroundings, SkaffoldSurroundings } from '../skaffold/surroundings.ts';
import { skaffoldFrontEnd } from '../skaffold/front-end.ts';
import { stateFolder } from './state-folder.ts';

export function composeServices(host: Host): Services {
  const { env, clock } = host;
  const user = currentUser();
  const home = env['HOME'] ?? user.home;
  const state = stateFolder({ env, platform: host.platform, home, cwd: host.cwd });

  const operator = async () => {
    const [{ readOperatorFile }, { operatorPlaces }] = await Promise.all([
      import('../operator/file/read-operator-file.ts'),
      import('../operator/file/operator-places.ts'),
    ]);
    return await readOperatorFile(operatorPlaces(env, host.platform, home), home, sourceFiles);
  };

  const hostSettings = async () => {
    const { readProcessIdentity } = await import('../util/process-identity.ts');
    return { directory: join(state, 'host'), env, clock, self: readProcessIdentity() };
  };

  const places = new Places({
    clock,
    env,
    home,
    operator,
    local: {
      docker: async () =>
        (await import('../runtime/docker/docker-provider.ts')).dockerProvider({ env, home, uid: user.uid, clock }),
      host: async () => (await import('../runtime/host/host-provider.ts')).hostProvider(await hostSettings()),
      fake: async () => (await import('../runtime/fake/fake-provider.ts')).fakeProvider({ clock }),
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
  });

  const skaffold: SkaffoldSurroundings = {
    ...{ env, home, files: sourceFiles, repositories: join(state, 'repositories') },
    kube: async (wanted) =>
      await (await import('../clusters/access/current-context.ts')).currentContext({ env, home }, wanted),
  };

  const builds: SkaffoldBuildSurroundings = {
    ...{ ...skaffold, clock, caches: join(state, 'builds') },
    operatorClusters: async () => [...((await operator()).value?.clusters.keys() ?? [])],
    ...{ platform: host.platform, machine: linuxPlatform(host.arch) },
  };

  const machine: LocalMachine = {
    clock,
    env,
    home,
    operator,
    places,
    frontEnd: severalFrontEnds(
      wharfFrontEnd({ env, platform: host.platform, home, operator }),
      skaffoldFrontEnd(builds),
    ),
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
    commands: async () => (await import('../runtime/host/host-provider.ts')).hostCommands(await hostSettings()),
    openSink: async (log, onBroken) =>
      (await import('../store/log/batched-sink.ts')).openBatchedSink({ log, clock, onBroken }),
    place: async (path, build) => {
      const place = await placeSource(path, pipelineFile);
      if (!build) return place;
      const { configurationAt } = await import('../skaffold/config/read-configurations.ts');
      return { ...place, file: basename((await configurationAt(path, sourceFiles)) ?? 'skaffold.yaml') };
    },
    describe: async (place, signal) => await describeSource(place, env, signal),
    files: {
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
    },
    tryCluster: async (request, signal) =>
      await (await import('../runtime/kubernetes/try-cluster.ts')).tryCluster(request, signal),
    plainWorkload: async (image, storeId) =>
      (await import('../wharf/steps/plain-workload.ts')).plainWorkload(image, storeId, clock.now()),
    configurations: lazyReader(async () =>
      (await import('../skaffold/configuration-reader.ts')).skaffoldReader(skaffold),
    ),
    buildCache: async () => new (await import('../skaffold/build-cache.ts')).SkaffoldBuildCache(builds),
    initializer: lazyInitializer(async () =>
      (await import('../skaffold/init/initializer.ts')).skaffoldInitializer(skaffold),
    ),
    schemas: async (name) => (await import('./schemas.ts')).schemaNamed(name),
  };
  const ignored = (mistake: string) => void host.stderr.write(`warning: ${mistake}; the default is used\n`);
  return localServices(machine, {
    retention: (now) => retentionOf(env, now, ignored),
    pruneMarker: join(state, 'pruned'),
  });
}

/** Returns a reader that is loaded at its first use. */
function lazyReader(load: () => Promise<ConfigurationReader>): ConfigurationReader {
  return {
    environment: async (folder) => await (await load()).environment(folder),
    merged: async (request, wanted) => await (await load()).merged(request, wanted),
    names: async (path) => await (await load()).names(path),
    images: async (path) => await (await load()).images(path),
    upgraded: async (path, text) => await (await load()).upgraded(path, text),
    fetched: async (url) => await (await load()).fetched(url),
  };
}

/** Returns an initializer that is loaded at its first use. */
function lazyInitializer(load: () => Promise<ProjectInitializer>): ProjectInitializer {
  return {
    inspect: async (request, signal) => await (await load()).inspect(request, signal),
    propose: async (request, findings, answers) => await (await load()).propose(request, findings, answers),
  };
}
