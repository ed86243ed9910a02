import type { Report } from '../../diagnostics/problem.ts';
import { entryOf, itemsOf, textAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { LocatedMap } from '../../diagnostics/yaml/located.ts';
import { oneOf, quoted } from '../../util/visible.ts';
import { problem } from '../problem.ts';

/**
 * Rules between fields, by the type that has them. Those of Skaffold's `validation` package that concern one configuration; it
 * stops at the first of some of them.
 */
export const fieldRules: Readonly<Record<string, (node: LocatedMap, report: Report) => void>> = {
  Artifact: aliases,
  SyncRule: stripped,
  CustomDependencies: ignored,
  PortForwardResource: forwarded,
};

/**
 * Docker's build arguments and the variables of commands need names that a shell can read. Skaffold also refuses an image without
 * an alias whose own name is no such name. Here it only orders the builds.
 */
function aliases(artifact: LocatedMap, report: Report): void {
  const takesAny = ['bazel', 'ko', 'jib', 'kaniko', 'buildpacks'].some((builder) => entryOf(artifact, builder));
  const seen = new Set<string>();
  for (const required of itemsOf(valueAt(artifact, 'requires'))) {
    const written = textAt(required, 'alias') ?? textAt(required, 'image') ?? '';
    const at = (valueAt(required, 'alias') ?? valueAt(required, 'image') ?? required).at;
    const wrong = (expected: string) => report(problem('S027', at, { field: 'alias', written, expected }));
    if (seen.has(written)) wrong('different from the other aliases of the artifact');
    else if (!takesAny && entryOf(required, 'alias') && !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(written))
      wrong('letters, digits and `_`, without a digit first');
    seen.add(written);
  }
}

function stripped(rule: LocatedMap, report: Report): void {
  const strip = valueAt(rule, 'strip');
  const [written, src] = [textAt(strip) ?? '', textAt(rule, 'src') ?? ''];
  if (strip && !src.startsWith(written))
    report(problem('S027', strip.at, { field: 'strip', written, expected: `the beginning of ${quoted(src)}` }));
}

function ignored(dependencies: LocatedMap, report: Report): void {
  const ignore = entryOf(dependencies, 'ignore');
  for (const other of ['dockerfile', 'command']) {
    const entry = entryOf(dependencies, other);
    if (!ignore || !entry) continue;
    const parts = { field: 'ignore', other, of: 'dependencies of a custom artifact', name: '' };
    report(problem('S059', ignore.keyAt, parts, [{ message: `the field ${other}`, at: entry.keyAt }]));
  }
}

const forwardable = [
  ...['container', 'pod', 'deployment', 'service', 'replicaset', 'replicationcontroller'],
  ...['statefulset', 'daemonset', 'cronjob', 'job'],
];

function forwarded(port: LocatedMap, report: Report): void {
  const type = valueAt(port, 'resourceType');
  const written = textAt(type) ?? '';
  if (!type) report(problem('S058', port.at, { field: 'resourceType', of: 'a forwarded port', name: '' }));
  else if (!forwardable.includes(written.toLowerCase()))
    report(problem('S027', type.at, { field: 'resourceType', written, expected: oneOf(forwardable) }));
}
