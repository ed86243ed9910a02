import type { Report } from '../../diagnostics/problem.ts';
import { entryOf, itemsOf, textAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { Located, LocatedMap } from '../../diagnostics/yaml/located.ts';
import { oneOf, quoted } from '../../util/visible.ts';
import { problem } from '../problem.ts';

/**
 * Rules between fields, by the type that has them. Those of Skaffold's `validation` package that concern one configuration; it
 * stops at the first of some of them.
 */
export const fieldRules: Readonly<Record<string, (node: LocatedMap, report: Report) => void>> = {
  SkaffoldConfig: named,
  Artifact: artifact,
  DockerArtifact: joined,
  SyncRule: stripped,
  CustomDependencies: ignored,
  CustomTestDependencies: pathless,
  ActionExecutionModeConfig: places,
  PortForwardResource: forwarded,
};

/** Verifications, actions and their containers are found by their names. */
function named(document: LocatedMap, report: Report): void {
  const unique = (nodes: readonly (Located | undefined)[], what: string) => {
    const seen = new Set<string>();
    for (const node of nodes) {
      const written = textAt(node) ?? '';
      if (node && seen.has(written))
        report(problem('S027', node.at, { field: 'name', written, expected: `different from the other ${what}` }));
      seen.add(written);
    }
  };
  const [verifications, actions] = [itemsOf(valueAt(document, 'verify')), itemsOf(valueAt(document, 'customActions'))];
  const containers = actions.flatMap((action) => itemsOf(valueAt(action, 'containers')));
  const nameOf = (node: Located) => valueAt(node, 'name');
  unique(verifications.map(nameOf), 'verifications');
  unique(
    verifications.map((node) => valueAt(node, 'container', 'name')),
    'containers of verifications',
  );
  unique(actions.map(nameOf), 'custom actions');
  unique(containers.map(nameOf), 'containers of custom actions');
}

function artifact(node: LocatedMap, report: Report): void {
  aliases(node, report);
  inferred(node, report);
}

/** ko copies static files only from `kodata`. */
function inferred(artifact: LocatedMap, report: Report): void {
  const infer = itemsOf(valueAt(artifact, 'sync', 'infer'));
  if (!entryOf(artifact, 'ko') || infer.length === 0) return;
  const main = valueAt(artifact, 'ko', 'main');
  const written = textAt(main) ?? '';
  if (main && written.includes('...'))
    report(
      problem('S027', main.at, { field: 'main', written, expected: 'one package, without `...`, beside `infer`' }),
    );
  for (const pattern of infer) {
    const text = textAt(pattern) ?? '';
    const expected = 'a pattern with `kodata`, such as `kodata/**/*`';
    if (!text.includes('kodata')) report(problem('S027', pattern.at, { field: 'infer', written: text, expected }));
  }
}

function joined(docker: LocatedMap, report: Report): void {
  const network = valueAt(docker, 'network');
  const written = textAt(network) ?? '';
  const [, container] = /^container:(.*)$/is.exec(written) ?? [];
  if (network && container !== undefined && !/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(container))
    report(
      problem('S027', network.at, { field: 'network', written, expected: '`container:` and the name of a container' }),
    );
}

function pathless(dependencies: LocatedMap, report: Report): void {
  const of = 'a section `dependencies` with `ignore`';
  if (entryOf(dependencies, 'ignore') && !entryOf(dependencies, 'paths'))
    report(problem('S058', dependencies.at, { field: 'paths', of, name: '' }));
}

function places(mode: LocatedMap, report: Report): void {
  const [local, cluster] = [entryOf(mode, 'local'), entryOf(mode, 'kubernetesCluster')];
  if (!local || !cluster) return;
  const parts = { field: 'kubernetesCluster', other: 'local', of: 'an execution mode', name: '' };
  report(problem('S059', cluster.keyAt, parts, [{ message: 'the field local', at: local.keyAt }]));
}

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
