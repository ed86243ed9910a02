import { randomBytes, randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { Report } from '../../diagnostics/problem.ts';
import { hasErrors, sorted } from '../../diagnostics/sorted.ts';
import { itemsOf, textAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { BuildRequest } from '../../engine/build-request.ts';
import type { Read, ReadPipeline } from '../../engine/front-end.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Plan } from '../../model/plan.ts';
import { parseImageReference } from '../../registry/image-reference.ts';
import { openTreeIndex } from '../../workspace/index/tree-index.ts';
import { runProgramSync } from '../../util/run-program.ts';
import { readGlobalConfig } from '../config/global-config.ts';
import { readConfigurations } from '../config/read-configurations.ts';
import type { SkaffoldBuildSurroundings } from '../surroundings.ts';
import { problem } from '../problem.ts';
import { moduleRepositories } from '../module-repositories.ts';
import type { Surroundings } from '../templates/template-function.ts';
import { expandTemplate } from './expand-template.ts';
import { imageReferences } from './image-references.ts';
import { buildPlaces, isBuiltInCluster, needsNoEngine, placeFacts } from './build-places.ts';
import { concurrencyOf, planBuild } from './plan-build.ts';
import { platformsOfFlag, platformsToBuild } from './platform-decision.ts';
import { pushes } from './push-decision.ts';
import { readArtifacts, type Artifact } from './read-artifacts.ts';

/** Builds use nothing of the operator's file. */
const noNames: ReadPipeline['names'] = {
  secrets: [],
  clusters: [],
  certificates: false,
  commandLineCluster: false,
  keys: [],
};

/**
 * Reads a `skaffold.yaml` and plans the build of its artifacts. Reports every mistake.
 * @param accepted called unless the command line is wrong: it names a missing file, profile, module or image
 */
export async function loadBuild(
  request: BuildRequest,
  around: SkaffoldBuildSurroundings,
  accepted: () => void = () => undefined,
): Promise<Read<ReadPipeline>> {
  const found: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => void found.push(diagnostic);
  const { configurations, diagnostics } = await readConfigurations(request, {
    ...around,
    random: randomUUID,
    repositories: moduleRepositories(request, around.repositories),
  });
  found.push(...diagnostics);
  const first = configurations.at(-1);
  const result = (value?: ReadPipeline): Read<ReadPipeline> => {
    const isMistaken = found.some(({ severity, place }) => severity === 'error' && place === undefined);
    if (!isMistaken) accepted();
    return {
      given: [],
      passwords: [],
      diagnostics: sorted(found),
      ...(value && { value }),
    };
  };
  if (!first || hasErrors(found)) return result();

  const surroundings = templateSurroundings(request, around);
  const flagged = platformsOfFlag(request.platforms, report);
  const artifacts = readArtifacts(
    configurations,
    {
      images: request.images,
      env: request.env,
      expand: (node, to) => expandTemplate(node, { env: request.env, surroundings }, to),
    },
    report,
  ).map((artifact) => (flagged.length > 0 ? { ...artifact, platforms: flagged } : artifact));
  const index = openTreeIndex(join(around.caches, 'files'), () => around.clock.now());
  const { signal } = new AbortController();
  const kubeContext = request.kubeContext ?? (await around.kube()).context;
  const globalPath = request.globalConfig ?? join(around.home, '.skaffold', 'config');
  const global = await readGlobalConfig(globalPath, kubeContext, around.files, report);
  const references = await imageReferences(
    artifacts,
    { ...global, ...request },
    { surroundings, index },
    signal,
    report,
  );
  if (hasErrors(found)) return result();

  const insecure = new Set([...request.insecureRegistries, ...global.insecureRegistries]);
  const places = buildPlaces(artifacts, { ...request, references }, report);
  if (hasErrors(found)) return result();
  const inCluster = (artifact: Artifact) => isBuiltInCluster(placeFacts(artifact, request.on));
  const push = (artifact: Artifact) =>
    needsNoEngine(placeFacts(artifact, request.on)) ||
    pushes({
      flag: request.push,
      configured: flagAt(artifact.configuration.document, 'build', 'local', 'push'),
      kubeContext,
      localCluster: global.localCluster,
    });
  const platforms = (artifact: Artifact) =>
    platformsToBuild({
      ...{ wanted: artifact.platforms, builder: artifact.builder.type, push: push(artifact) },
      ...{ onlyOne: request.onlyOnePlatform, machine: around.machine },
    });
  for (const artifact of artifacts) reportDropped(artifact, platforms(artifact), request, report);
  const plan: Plan = {
    stages: [
      planBuild(artifacts, {
        references,
        push,
        platforms,
        inCluster,
        ...(kubeContext !== undefined && { kubeContext }),
        insecure: ({ image, configuration: { document } }) => {
          const { registry } = parseImageReference(references.get(image) ?? image);
          const own = itemsOf(valueAt(document, 'build', 'insecureRegistries')).map((node) => textAt(node));
          return insecure.has(registry) || own.includes(registry);
        },
        concurrency: concurrencyOf(
          request.concurrency,
          configurations.flatMap(({ document }) =>
            ['local', 'cluster'].map((place) => Number(textAt(document, 'build', place, 'concurrency') ?? 0)),
          ),
        ),
        failFast: request.failFast,
        cache: request.cacheArtifacts,
      }),
    ],
  };
  const { file } = configurations.find(({ required }) => !required) ?? first;
  return result({
    name: first.name ?? basename(dirname(file)),
    directory: dirname(file),
    file: basename(file),
    ...{ plan, environments: [], variables: [], names: noNames },
    filled: () => plan,
    ...(places && { places }),
  });
}

/** Reports the platforms that an image is not built for, unless the command line asks for one only. */
function reportDropped(
  { image, at, platforms: wanted }: Artifact,
  platforms: readonly string[],
  { onlyOnePlatform }: BuildRequest,
  report: Report,
): void {
  const [built] = platforms;
  if (built !== undefined && platforms.length < wanted.length && !onlyOnePlatform)
    report(problem('S050', at, { image, built, wanted }));
}

function flagAt(node: Parameters<typeof valueAt>[0], ...keys: readonly string[]): boolean | undefined {
  const value = valueAt(node, ...keys);
  return value?.kind === 'scalar' && typeof value.value === 'boolean' ? value.value : undefined;
}

/** How long a program of the template function `cmd` may run. */
const longestProgramMs = 60_000;

function templateSurroundings({ env }: BuildRequest, { clock }: SkaffoldBuildSurroundings): Surroundings {
  return {
    environment: (name) => env[name],
    now: clock.now(),
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    randomBytes: (count) => randomBytes(count),
    run: (program, args) => {
      try {
        const { code, stdout, stderr } = runProgramSync({ argv: [program, ...args], env, timeoutMs: longestProgramMs });
        if (code === 0) return { output: stdout.toString() };
        return { failure: code === undefined ? 'it was killed' : `exit code ${code}: ${stderr.toString().trim()}` };
      } catch (error) {
        return { failure: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}
