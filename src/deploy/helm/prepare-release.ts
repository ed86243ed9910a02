import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { TargetCluster } from '../../runtime/target-cluster.ts';
import { chartDependencies, lacksDependency } from './chart-dependencies.ts';
import {
  dependencyBuildArguments,
  dependencyListArguments,
  packageArguments,
  type HelmCall,
  type HelmMajor,
} from './helm-arguments.ts';
import type { HelmFlags, HelmRelease, LocalChart } from './helm-release.ts';
import { helmOutcome, runHelm, type HelmProgram } from './run-helm.ts';
import { valueArguments } from './value-arguments.ts';

export interface ReleaseRequest {
  readonly release: HelmRelease;
  readonly flags: HelmFlags;
  readonly namespace: string;
  readonly major: HelmMajor;
  readonly program: HelmProgram;
  /** A file. Absent: no cluster is asked. */
  readonly kubeconfig?: string;
  /** A folder of this release that only this user can read. */
  readonly temporary: string;
}

/**
 * Builds missing dependencies, packages the chart if it is to be packaged, and writes values into files. Failures: `render-failed`,
 * `exit-nonzero`, `start-failed`.
 */
export async function prepareRelease(request: ReleaseRequest, work: Work): Promise<Outcome<HelmCall>> {
  const { release, flags, namespace, major, kubeconfig, temporary } = request;
  const chart =
    'remote' in release.chart ? succeeded(release.chart.remote) : await localChart(release.chart, request, work);
  if (chart.status !== 'succeeded') return chart;
  const { arguments: values, files } = valueArguments(release, (name) => join(temporary, name));
  for (const [name, content] of Object.entries(files)) await writeFile(join(temporary, name), content, { mode: 0o600 });
  const call = { release, flags, namespace, major, values, chart: chart.value };
  return succeeded({ ...call, ...(kubeconfig !== undefined && { kubeconfig }) });
}

async function localChart(
  chart: LocalChart,
  { release, flags, program, temporary }: ReleaseRequest,
  work: Work,
): Promise<Outcome<string>> {
  const path = chartPath(chart, program);
  const source = sourceOf(release);
  const found = await stat(path).catch(() => undefined);
  if (!found) return failed({ code: 'render-failed', source, detail: `the chart ${path} does not exist` });
  if (found.isDirectory() && release.skipBuildDependencies !== true) {
    const built = await buildDependencies(path, { flags, program }, work);
    if (built.status !== 'succeeded') return built;
  }
  if (!release.packaged) return succeeded(path);
  const made = join(temporary, 'package');
  await mkdir(made);
  const end = await runHelm(program, packageArguments(path, release.packaged, made, flags), work);
  const packaged = helmOutcome(end, `helm package ${path}`);
  if (packaged.status !== 'succeeded') return packaged;
  const [archive] = await readdir(made);
  if (archive === undefined)
    return failed({ code: 'render-failed', source, detail: `helm package ${path} made no archive` });
  return succeeded(join(made, archive));
}

/** Returns the absolute path of a chart. */
export function chartPath({ path }: LocalChart, { folder }: HelmProgram): string {
  return resolve(folder, path);
}

/**
 * Builds the dependencies of a chart if one is missing (skaffold#5445), or is a chart on this machine: it may have changed. The
 * dependencies of such a chart come first.
 */
async function buildDependencies(
  chart: string,
  around: Pick<ReleaseRequest, 'flags' | 'program'>,
  work: Work,
  above: readonly string[] = [],
): Promise<Outcome> {
  const { flags, program } = around;
  const dependencies = await chartDependencies(chart);
  if (dependencies.length === 0 || above.includes(chart)) return succeeded(undefined);
  const local = dependencies.flatMap(({ folder }) => folder ?? []);
  for (const folder of local) {
    const built = await buildDependencies(folder, around, work, [...above, chart]);
    if (built.status !== 'succeeded') return built;
  }
  if (local.length === 0) {
    const end = await runHelm(program, dependencyListArguments(chart, flags), work);
    const table = helmOutcome(end, `helm dependency list ${chart}`);
    if (table.status !== 'succeeded') return table;
    if (!lacksDependency(table.value)) return succeeded(undefined);
  }
  const end = await runHelm(program, dependencyBuildArguments(chart, flags), work, { shown: true });
  const built = helmOutcome(end, `helm dependency build ${chart}`);
  return built.status === 'succeeded' ? succeeded(undefined) : built;
}

/**
 * Writes the kubeconfig of a cluster into a folder that only this user can read. Returns its path. Failures: `forbidden`,
 * `unsupported`.
 */
export async function writeKubeconfig(
  { client: { connection } }: TargetCluster,
  folder: string,
  work: Work,
): Promise<Outcome<string>> {
  if (!connection.kubeconfig)
    return failed({ code: 'unsupported', detail: `helm needs a kubeconfig, but ${connection.described} has none` });
  const read = await connection.kubeconfig(work.signal);
  if ('problem' in read) return failed({ code: 'forbidden', detail: read.problem });
  const path = join(folder, 'kubeconfig');
  await writeFile(path, read.text, { mode: 0o600 });
  return succeeded(path);
}

/** What failures and objects of a release name as their source. */
export function sourceOf({ name }: Pick<HelmRelease, 'name'>): string {
  return `release ${name}`;
}
