import { typeName, type Located, type LocatedEntry } from '../../diagnostics/yaml/located.ts';
import { problem } from '../problem.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { readYaml } from '../../diagnostics/yaml/read-yaml.ts';
import type { SourceText, Span } from '../../diagnostics/source-text.ts';
import { quoted } from '../../util/visible.ts';
import type { ToolName } from '../../model/plan.ts';
import { entriesOf, Fields, fieldsOf } from '../../diagnostics/yaml/fields.ts';
import { readName, readStrings, type Text } from '../../diagnostics/yaml/read-scalar.ts';
import { checkKubernetes, type KubernetesPart } from './check-kubernetes.ts';
import { checkSecrets } from './check-secrets.ts';
import type { ClusterEntry, OperatorFile, SecretEntry } from './operator-file.ts';
import { readPathOf, type PathReader } from './read-path.ts';

/** One checked operator's file. */
export interface OperatorFilePart {
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  /** The value of `clusters.default` if it is a name. */
  readonly defaultCluster?: Text;
  readonly secrets: ReadonlyMap<string, SecretEntry>;
  readonly serviceAccounts?: readonly string[];
  readonly certificates?: string;
  readonly images: OperatorFile['images'];
  readonly kubernetes: KubernetesPart;
}

export const emptyPart: OperatorFilePart = { clusters: new Map(), secrets: new Map(), images: {}, kubernetes: {} };

const tools: readonly ToolName[] = ['kubectl', 'helm', 'nuget'];

/**
 * Parses and checks one operator's file, or reports every mistake in it.
 * @param folder the absolute base of relative paths in the file
 * @param home the value of `~`
 */
export function checkOperatorFile(source: SourceText, folder: string, home: string, report: Report): OperatorFilePart {
  // An empty file is valid and maps nothing.
  if (isBlank(source.text)) return emptyPart;
  const root = readYaml(source, report);
  if (!root) return emptyPart;
  if (root.kind !== 'map') {
    report(problem('W011', root.at, { field: "the operator's file", expected: 'a map', actual: typeName(root) }));
    return emptyPart;
  }
  const fields = new Fields(root, "the operator's file", root.at, report);
  const readPath = readPathOf(folder, home);
  const { clusters, defaultCluster } = checkClusters(fields.entry('clusters'), readPath, report);
  const secrets = checkSecrets(fields.entry('secrets'), readPath, report);
  const serviceAccounts = fields.optional('serviceAccounts', readStrings)?.map(({ text }) => text);
  const certificates = fields.optional('certificates', readPath);
  const images = checkImages(fields.entry('images'), report);
  const kubernetes = checkKubernetes(fields.entry('kubernetes'), report);
  fields.finish();
  return {
    clusters,
    ...(defaultCluster && { defaultCluster }),
    secrets,
    ...(serviceAccounts && { serviceAccounts }),
    ...(certificates !== undefined && { certificates }),
    images,
    kubernetes,
  };
}

function isBlank(text: string): boolean {
  return text.split('\n').every((line) => /^(?:\uFEFF)?\s*(?:#.*)?$/.test(line));
}

function checkClusters(
  entry: LocatedEntry | undefined,
  readPath: PathReader,
  report: Report,
): Pick<OperatorFilePart, 'clusters' | 'defaultCluster'> {
  const clusters = new Map<string, ClusterEntry>();
  let defaultCluster: Text | undefined;
  for (const { key, keyAt, value } of entry ? entriesOf(entry, quoted(entry.key), report) : []) {
    if (key.trim() === '') report(problem('W014', keyAt, { field: 'the name of a cluster' }));
    if (key === 'default' && value.kind === 'scalar' && value.value !== null)
      defaultCluster = readName(value, quoted(key), report);
    else {
      const cluster = checkCluster(key, keyAt, value, readPath, report);
      if (cluster) clusters.set(key, cluster);
    }
  }
  return { clusters, ...(defaultCluster && { defaultCluster }) };
}

/** Checks a cluster. An empty one is the current context of kubectl's kubeconfig. */
function checkCluster(
  key: string,
  keyAt: Span,
  value: Located,
  readPath: PathReader,
  report: Report,
): ClusterEntry | undefined {
  const fields = fieldsOf({ key, keyAt, value }, `cluster ${quoted(key)}`, report);
  if (!fields) return undefined;
  const kubeconfig = fields.optional('kubeconfig', readPath);
  const context = fields.optional('context', readName)?.text;
  const namespace = fields.optional('namespace', readName)?.text;
  fields.finish();
  return {
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(context !== undefined && { context }),
    ...(namespace !== undefined && { namespace }),
    at: keyAt,
  };
}

function checkImages(entry: LocatedEntry | undefined, report: Report): OperatorFile['images'] {
  const fields = entry && fieldsOf(entry, '`images`', report);
  if (!fields) return {};
  const images: Partial<Record<ToolName, string>> = {};
  for (const tool of tools) {
    const image = fields.optional(tool, readName);
    if (image) images[tool] = image.text;
  }
  fields.finish();
  return images;
}
