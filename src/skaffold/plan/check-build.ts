import type { Report } from '../../diagnostics/problem.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';
import type { BuildRequest } from '../../engine/build-request.ts';
import type { SourceFiles } from '../../util/source-files.ts';
import { ownValue } from '../../util/own-value.ts';
import type { Configuration } from '../config/configuration.ts';
import type { Surroundings } from '../templates/template-function.ts';
import { buildPlaces } from './build-places.ts';
import { expandTemplate } from './expand-template.ts';
import { checkTags } from './image-references.ts';
import { checkContainers } from './load-containers.ts';
import { readArtifacts, type Artifact } from './read-artifacts.ts';
import { configurationHooks } from './read-hooks.ts';
import { selectedTests } from './selected-tests.ts';
import { reportUnusedInBuild } from './unused-parts.ts';

/** What decides about a build, without the flags of `build`. */
export interface CheckRequest extends Pick<BuildRequest, 'env' | 'base'> {
  readonly files: SourceFiles;
}

/**
 * Reports what `build`, `test`, `verify` and `exec` without flags would refuse, as far as files can tell: asks no engine, no cluster and no Git,
 * and runs nothing. So templates with `cmd`, and what `--default-repo` or `--push` decide, are left to `build --dry-run`.
 * @returns the artifacts without mistakes of their own
 */
export async function checkBuild(
  configurations: readonly Configuration[],
  { files, env, base }: CheckRequest,
  report: Report,
): Promise<readonly Artifact[]> {
  const programs = { called: false };
  const surroundings = surroundingsWithoutPrograms(env, () => (programs.called = true));
  const expand = (node: Located, to: Report): string | undefined => {
    programs.called = false;
    const found: Parameters<Report>[0][] = [];
    const text = expandTemplate(node, { env, surroundings }, (one) => found.push(one));
    if (programs.called) return text ?? '';
    found.forEach(to);
    return text;
  };
  const artifacts = readArtifacts(configurations, { images: [], env, expand }, report);
  const building = new Set(artifacts.map(({ configuration }) => configuration));
  for (const { document } of building) reportUnusedInBuild(document, undefined, report);
  configurationHooks(building, report);

  programs.called = false;
  checkTags(artifacts, env, surroundings, (one) => {
    // The output of a program is not known, and these depend on it.
    if (!(programs.called && ['S070', 'S071'].includes(one.code))) report(one);
  });
  const references = new Map(artifacts.map(({ image }) => [image, image]));
  buildPlaces(artifacts, { references }, (one) => {
    // `--default-repo` may give the image its registry.
    if (one.code !== 'S056') report(one);
  });

  const request = { test: { images: [] }, images: [], ...(base !== undefined && { base }) };
  await selectedTests(configurations, request, { files, expand }, (one) => {
    // A configuration needs no tests.
    if (one.code !== 'S088') report(one);
  });
  await checkContainers(configurations, { files, ...(base !== undefined && { base }) }, report);
  return artifacts;
}

/** Templates see one moment, since no mistake depends on the time. A program has an output that fits into tags and numbers. */
function surroundingsWithoutPrograms(env: CheckRequest['env'], onProgram: () => void): Surroundings {
  return {
    environment: (name) => ownValue(env, name),
    now: 0,
    zone: 'UTC',
    randomBytes: (count) => new Uint8Array(count),
    run: () => {
      onProgram();
      return { output: '0' };
    },
  };
}
