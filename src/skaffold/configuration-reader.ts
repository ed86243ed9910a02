import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { readSource } from '../diagnostics/read-source.ts';
import { hasErrors, sorted } from '../diagnostics/sorted.ts';
import { itemsOf, textAt, valueAt, entryOf } from '../diagnostics/yaml/edit.ts';
import { plainValue, type LocatedMap } from '../diagnostics/yaml/located.ts';
import { writeYaml } from '../diagnostics/yaml/write-yaml.ts';
import type { ConfigurationReader } from '../engine/configuration-reader.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { nodeTransport } from '../registry/node-transport.ts';
import { withText } from '../util/source-files.ts';
import { fetchConfiguration } from './fetch-configuration.ts';
import type { SkaffoldSurroundings } from './surroundings.ts';
import type { Configuration } from './config/configuration.ts';
import { configurationAt, readConfigurations } from './config/read-configurations.ts';
import { hostCommands } from './config/host-commands.ts';
import type { ArtifactFiles } from './plan/artifact-files.ts';
import { actionNames } from './plan/read-actions.ts';
import type { Artifact } from './plan/read-artifacts.ts';
import { reportUnusedParts } from './plan/unused-parts.ts';
import { readConfigFile } from './config/read-config-file.ts';
import { inFieldOrder } from './config/in-field-order.ts';
import { rootType } from './config/shape/shape.ts';
import { moduleRepositories } from './module-repositories.ts';
import { problem } from './problem.ts';
import { readEnvironment } from './read-environment.ts';
import { newestTypes, newestVersion } from './schema/newest-types.ts';

/** Returns the reader of `skaffold.yaml`. */
export function skaffoldReader(around: SkaffoldSurroundings): ConfigurationReader {
  return {
    environment: async (folder) => await readEnvironment(folder, around),

    async merged(request, wanted) {
      const { configurations, diagnostics } = await readConfigurations(request, {
        ...around,
        random: randomUUID,
        repositories: moduleRepositories(request, around.repositories),
      });
      if (hasErrors(diagnostics)) return { configurations: [], yaml: '', diagnostics };
      const found = [...diagnostics];
      const report = (one: Diagnostic) => void found.push(one);
      for (const { document } of configurations) reportUnusedParts(document, report);
      let files: Awaited<ReturnType<typeof filesOf>> | undefined;
      if (request.strict) {
        const { checkBuild } = await import('./plan/check-build.ts');
        const artifacts = await checkBuild(configurations, { ...request, files: around.files }, report);
        if (wanted?.files) files = await filesOf(artifacts);
      }
      return {
        configurations: configurations.map((configuration) => {
          const { document, name, file, version, profiles, activeProfiles } = configuration;
          const { artifacts, ...used } = summaryOf(document);
          return {
            ...(name !== undefined && { name }),
            ...{ file, version, profiles, activeProfiles, ...used },
            artifacts: artifacts.map((one) => ({ ...one, ...files?.get(configuration)?.get(one.image) })),
            ...{ commands: hostCommands(document, newestTypes), newest: newestVersion, value: plainValue(document) },
          };
        }),
        yaml: writeYaml(configurations.map(({ document }) => ordered(document))),
        diagnostics: sorted(found),
      };
    },

    async names(path) {
      const { configurations } = await readConfigurations(
        {
          ...{ path, command: '', profiles: [], modules: [], env: {} },
          ...{ autoActivation: false, propagateProfiles: false, fetch: 'never', strict: false },
        },
        {
          ...{ files: around.files, home: around.home, random: () => '' },
          kube: async () => await Promise.resolve({}),
          repositories: { git: async () => await Promise.resolve({ why: 'it is not fetched' }) },
        },
      );
      return {
        profiles: [...new Set(configurations.flatMap(({ profiles }) => profiles))],
        modules: configurations.flatMap(({ name }) => name ?? []),
        actions: actionNames(configurations),
      };
    },

    async images(path) {
      const file = await configurationAt(path, around.files);
      const source = file === undefined ? undefined : (await readSource(file, basename(file), around.files)).value;
      const documents = source ? readConfigFile(source, () => undefined) : [];
      return documents.flatMap(({ document }) => summaryOf(document).artifacts.map(({ image }) => image));
    },

    async fetched(url) {
      const transport = nodeTransport();
      try {
        return await fetchConfiguration(url, transport);
      } finally {
        transport.close();
      }
    },

    async upgraded(path, text) {
      const files = text === undefined ? around.files : withText(around.files, path, text);
      const file = await configurationAt(path, files);
      if (file === undefined) return { diagnostics: [problem('S017', undefined, { path })] };
      const { value: source, diagnostics } = await readSource(file, basename(file), files);
      if (!source) return { diagnostics };
      const found: Diagnostic[] = [...diagnostics];
      const documents = readConfigFile(source, (diagnostic) => found.push(diagnostic));
      if (documents.length === 0 && found.length === 0) found.push(problem('S016', source.span(0, 0), undefined));
      if (hasErrors(found)) return { diagnostics: sorted(found) };
      const upgraded = documents.map(({ document }) => ordered(document));
      return {
        value: {
          file,
          yaml: writeYaml(upgraded, source),
          from: documents.map(({ version }) => version),
          to: newestVersion,
        },
        diagnostics: sorted(found),
      };
    },
  };
}

/** Lists the files of artifacts, by configuration and image. */
async function filesOf(
  artifacts: readonly Artifact[],
): Promise<ReadonlyMap<Configuration, ReadonlyMap<string, ArtifactFiles>>> {
  const { artifactFiles } = await import('./plan/artifact-files.ts');
  const found = new Map<Configuration, Map<string, ArtifactFiles>>();
  for (const artifact of artifacts) {
    const own = found.get(artifact.configuration) ?? new Map<string, ArtifactFiles>();
    found.set(artifact.configuration, own.set(artifact.image, await artifactFiles(artifact)));
  }
  return found;
}

function ordered(document: LocatedMap): LocatedMap {
  return inFieldOrder(document, rootType, newestTypes);
}

/** Returns what a configuration builds and deploys, for people. */
function summaryOf(document: LocatedMap) {
  const used = (section: string, names: readonly string[]) =>
    names.filter((name) => valueAt(document, section, name) !== undefined);
  return {
    artifacts: itemsOf(valueAt(document, 'build', 'artifacts')).map((artifact) => ({
      image: textAt(artifact, 'image') ?? '',
      builder: builderNames.find((name) => entryOf(artifact, name) !== undefined) ?? 'docker',
      context: textAt(artifact, 'context') ?? '',
    })),
    manifests: used('manifests', ['rawYaml', 'kustomize', 'helm', 'kpt']),
    deployers: used('deploy', ['docker', 'helm', 'kpt', 'kubectl', 'cloudrun']),
  };
}

const builderNames = ['docker', 'bazel', 'ko', 'jib', 'kaniko', 'buildpacks', 'custom'];
