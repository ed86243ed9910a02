import { dirname } from 'node:path';
import { problem } from '../problem.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { hasErrors, sorted } from '../../diagnostics/sorted.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import type { Checked, Diagnostic } from '../../model/diagnostic.ts';
import { noKubernetesSettings, type KubernetesSettings } from '../../model/kubernetes-settings.ts';
import type { KubernetesPart } from './check-kubernetes.ts';
import { checkOperatorFile, emptyPart, type OperatorFilePart } from './check-operator-file.ts';
import type { ClusterEntry, OperatorFile } from './operator-file.ts';
import type { OperatorPlaces } from './operator-places.ts';

/** The file system operations. The files of `wharf/plan/locate-pipeline.ts` implement them too. */
export interface OperatorFiles {
  kind(path: string): Promise<'file' | 'folder' | undefined>;
  read(path: string): Promise<Uint8Array>;
}

/**
 * Reads and merges the system's and the user's file, or reports every mistake in both. Entries of the system's file
 * override those of the user's file. Without either, nothing is mapped.
 * @param home the value of `~`
 */
export async function readOperatorFile(
  places: OperatorPlaces,
  home: string,
  files: OperatorFiles,
): Promise<Checked<OperatorFile>> {
  const found: Diagnostic[] = [];
  const report: Report = (diagnostic) => found.push(diagnostic);
  const read: string[] = [];
  const parts: OperatorFilePart[] = [];
  for (const path of [places.system, places.user]) {
    const source = await readSource(path, files, report);
    if (!source) continue;
    read.push(path);
    parts.push(checkOperatorFile(source, dirname(path), home, report));
  }
  const value = merged(parts, read, report);
  const diagnostics = sorted(found);
  return hasErrors(diagnostics) ? { diagnostics } : { value, diagnostics };
}

async function readSource(path: string, files: OperatorFiles, report: Report): Promise<SourceText | undefined> {
  const unreadable = (detail: string) => report(problem('W003', { file: path, line: 1, column: 1 }, { detail }));
  try {
    if ((await files.kind(path)) === undefined) return undefined;
    const bytes = await files.read(path);
    return new SourceText(path, new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    unreadable(error instanceof TypeError ? 'not UTF-8 text' : error instanceof Error ? error.message : String(error));
  }
  return undefined;
}

/**
 * @param parts strongest first
 */
function merged(parts: readonly OperatorFilePart[], files: readonly string[], report: Report): OperatorFile {
  // The last entry of a name in a Map wins.
  const weakestFirst = [...parts].reverse();
  const clusters = new Map(weakestFirst.flatMap((part) => [...part.clusters]));
  const byDefault = defaultCluster(parts, clusters, report);
  if (byDefault) clusters.set('default', byDefault);
  const certificates = parts.find((part) => part.certificates !== undefined)?.certificates;
  return {
    files,
    clusters,
    secrets: new Map(weakestFirst.flatMap((part) => [...part.secrets])),
    // The system's list is final: the user's file cannot extend it.
    serviceAccounts: parts.find((part) => part.serviceAccounts)?.serviceAccounts ?? [],
    ...(certificates !== undefined && { certificates }),
    images: Object.assign({}, ...weakestFirst.map((part) => part.images)) as OperatorFile['images'],
    kubernetes: kubernetesSettings(parts),
  };
}

/**
 * @param parts strongest first
 */
function kubernetesSettings(parts: readonly OperatorFilePart[]): KubernetesSettings {
  const said: KubernetesPart = Object.assign(
    {},
    ...[...parts].reverse().map((part) => part.kubernetes),
  ) as KubernetesPart;
  const { restricted, ...others } = said;
  return { ...noKubernetesSettings, ...others, ...(restricted !== undefined && restricted !== 'no' && { restricted }) };
}

/** Returns the default cluster. The strongest file that sets `default` decides, with a name or a cluster. */
function defaultCluster(
  parts: readonly OperatorFilePart[],
  clusters: ReadonlyMap<string, ClusterEntry>,
  report: Report,
): ClusterEntry | undefined {
  const known = [...clusters.keys()].filter((name) => name !== 'default');
  for (const { defaultCluster: name } of parts) {
    if (name && !known.includes(name.text)) report(problem('W068', name.at, { name: name.text, known }));
  }
  const decides = parts.find((part) => part.defaultCluster ?? part.clusters.has('default')) ?? emptyPart;
  return decides.defaultCluster && clusters.get(decides.defaultCluster.text);
}
