import { randomBytes, randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { hasErrors, sorted } from '../../diagnostics/sorted.ts';
import { itemsOf, textAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { Report } from '../../diagnostics/problem.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';
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
import { moduleRepositories } from '../module-repositories.ts';
import type { Surroundings } from '../templates/template-function.ts';
import { expandTemplate } from './expand-template.ts';
import { imageReferences } from './image-references.ts';
import { concurrencyOf, planBuild } from './plan-build.ts';
import { planTest } from './plan-test.ts';
import { pushes } from './push-decision.ts';
import { readArtifacts } from './read-artifacts.ts';
import { selectedTests } from './selected-tests.ts';

/** Builds use nothing of the operator's file. */
const noNames: ReadPipeline['names'] = {
  secrets: [],
  clusters: [],
  certificates: false,
  commandLineCluster: false,
  keys: [],
};

/**
 * Reads a `skaffold.yaml` and plans the build of its artifacts, and their tests if they are wanted. Reports every mistake.
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
  const expand = (node: Located, to: Report) => expandTemplate(node, { env: request.env, surroundings }, to);
  const tests = request.test && (await selectedTests(configurations, request, { files: around.files, expand }, report));
  const artifacts = readArtifacts(
    configurations,
    {
      images: request.images,
      ...(tests && { only: tests.toBuild }),
      ...{ env: request.env, expand },
    },
    report,
  ).map((artifact) => (request.platforms.length > 0 ? { ...artifact, platforms: request.platforms } : artifact));
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
  const build = planBuild(artifacts, {
    references,
    push: ({ configuration: { document } }) =>
      pushes({
        flag: request.push,
        configured: flagAt(document, 'build', 'local', 'push'),
        kubeContext,
        localCluster: global.localCluster,
      }),
    insecure: ({ image, configuration: { document } }) => {
      const { registry } = parseImageReference(references.get(image) ?? image);
      const own = itemsOf(valueAt(document, 'build', 'insecureRegistries')).map((node) => textAt(node));
      return insecure.has(registry) || own.includes(registry);
    },
    concurrency: concurrencyOf(
      request.concurrency,
      configurations.map(({ document }) => Number(textAt(document, 'build', 'local', 'concurrency') ?? 0)),
    ),
    failFast: request.failFast,
    cache: request.cacheArtifacts,
  });
  const before = tests && build.steps.length === 0 ? [] : [build];
  const test =
    tests &&
    planTest(tests.planned, {
      ordinal: before.length + 1,
      references: new Map([...references, ...tests.given]),
      builtBy: new Map(build.steps.map(({ name, id }) => [name, id])),
    });
  const plan: Plan = { stages: [...before, ...(test ? [test] : [])] };
  const { file } = configurations.find(({ required }) => !required) ?? first;
  return result({
    name: first.name ?? basename(dirname(file)),
    directory: dirname(file),
    file: basename(file),
    ...{ plan, environments: [], variables: [], names: noNames },
    filled: () => plan,
  });
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
