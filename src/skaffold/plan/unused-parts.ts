import type { Report } from '../../diagnostics/problem.ts';
import { entryOf, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { LocatedMap } from '../../diagnostics/yaml/located.ts';
import type { BuildRequest } from '../../engine/build-request.ts';
import { problem } from '../problem.ts';
import { namesEngine } from './build-places.ts';

/** Parts that no command uses, with what to use instead. A build reports those of `build`. */
const unused = [
  [['manifests', 'kpt'], '`manifests.kustomize` or `manifests.rawYaml`'],
  [['manifests', 'transform'], '`manifests.kustomize`'],
  [['manifests', 'validate'], 'a tool that checks manifests, outside of `skaffold.yaml`,'],
  [['deploy', 'kpt'], '`deploy.kubectl`'],
  [['deploy', 'cloudrun'], '`deploy.kubectl` or `deploy.helm`'],
] as const;

/** Reports the parts of a configuration that Slipway never uses, for people who ask what it means. */
export function reportUnusedParts(document: LocatedMap, report: Report): void {
  for (const [[section, name], instead] of unused) {
    const entry = entryOf(valueAt(document, section), name);
    if (entry) report(problem('S051', entry.keyAt, { field: `${section}.${name}`, instead }));
  }
}

/** Fields of `build.local` that do not decide how Slipway builds, and the values that ask for something. */
const localFields = [['useDockerCLI', true, 'Slipway builds through the API of the engine']] as const;

/**
 * Reports what a build does not do as its configuration says: an error if it would build elsewhere, else warnings.
 * @param on where the command line says to build. `undefined`: nowhere
 */
export function reportUnusedInBuild(document: LocatedMap, on: BuildRequest['on'], report: Report): void {
  const build = valueAt(document, 'build');
  const cloud = entryOf(build, 'googleCloudBuild');
  const why = 'the command line says where to build';
  if (cloud && on !== undefined) report(problem('S052', cloud.keyAt, { field: 'googleCloudBuild', why }));
  else if (cloud) report(problem('S050', cloud.keyAt, undefined));
  for (const [name, value, because] of localFields) {
    const entry = entryOf(valueAt(build, 'local'), name);
    if (entry?.value.kind === 'scalar' && entry.value.value === value)
      report(problem('S052', entry.keyAt, { field: name, why: because }));
  }
  const cluster = entryOf(build, 'cluster');
  if (cluster && namesEngine(on)) report(problem('S052', cluster.keyAt, { field: 'cluster', why }));
}
