import { join, resolve } from 'node:path';
import { SourceText } from '../../diagnostics/source-text.ts';
import { loadYaml } from '../../diagnostics/yaml/load-yaml.ts';
import { plainValue } from '../../diagnostics/yaml/located.ts';
import { readRegularFile } from '../../util/read-regular-file.ts';

export interface ChartDependency {
  readonly name: string;
  /** The folder of the chart, absolute, if it is on this machine (`file://…`). */
  readonly folder?: string;
}

/** Returns the dependencies that a folder's `Chart.yaml` declares, or its `requirements.yaml`. Helm itself reports mistakes in them. */
export async function chartDependencies(chart: string): Promise<readonly ChartDependency[]> {
  const found = await Promise.all(
    ['Chart.yaml', 'requirements.yaml'].map(async (name) => await fieldsOf(join(chart, name))),
  );
  return found.flatMap(({ dependencies }) =>
    (Array.isArray(dependencies) ? (dependencies as readonly unknown[]) : []).flatMap((dependency) => {
      const { name, repository } = (dependency ?? {}) as Readonly<Record<string, unknown>>;
      if (typeof name !== 'string') return [];
      const path = typeof repository === 'string' ? /^file:\/\/(.*)$/.exec(repository)?.[1] : undefined;
      return [{ name, ...(path !== undefined && { folder: resolve(chart, path) }) }];
    }),
  );
}

/** Reports whether the table of `helm dependency list` has a dependency that is not there as it should be. */
export function lacksDependency(table: string): boolean {
  const statuses = table
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(({ length }) => length >= 4)
    .map((cells) => cells.at(-1)?.trim() ?? '');
  return statuses.slice(1).some((status) => status !== 'ok' && status !== 'unpacked');
}

async function fieldsOf(file: string): Promise<Readonly<Record<string, unknown>>> {
  let text: string;
  try {
    text = (await readRegularFile(file)).toString();
  } catch {
    return {};
  }
  const document = await loadYaml(new SourceText(file, text), () => undefined);
  return document?.kind === 'map' ? (plainValue(document) as Record<string, unknown>) : {};
}
