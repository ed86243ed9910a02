import { relative, resolve } from 'node:path';
import type { Report } from '../../diagnostics/problem.ts';
import type { Span } from '../../diagnostics/source-text.ts';
import { entryOf, itemsOf, textAt, textsAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';
import type { SourceFiles } from '../../util/source-files.ts';
import type { Configuration } from '../config/configuration.ts';
import { problem } from '../problem.ts';
import type { BaseFolders } from './base-folders.ts';
import type { ContainerVariable } from './container-spec.ts';
import { readJobManifest } from './job-manifest.ts';
import { isPatch } from './merge-patch.ts';
import { millisecondsAt } from './milliseconds-at.ts';

/** A container of a configuration, before its image has a tag. */
export interface ReadContainer {
  /** The name of its step. */
  readonly name: string;
  readonly at: Span;
  /** The name of the container. */
  readonly container: string;
  readonly image: string;
  readonly imageAt: Span;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly ContainerVariable[];
  /** Milliseconds. Absent: none. */
  readonly timeoutMs?: number;
  /** Absent: it runs on the engine. */
  readonly cluster?: ContainerJob;
}

/** How a container runs in a cluster. */
export interface ContainerJob {
  readonly at: Span;
  /** The manifest of the job. Absolute. */
  readonly manifest?: string;
  /** `metadata.namespace` of the manifest. */
  readonly namespace?: string;
  readonly overrides?: string;
}

export interface ContainersRequest extends BaseFolders {
  readonly files: SourceFiles;
}

/** Returns how `executionMode` and `timeout` of a verification or action say that its containers run. Reports every mistake. */
export async function readExecution(
  node: Located,
  configuration: Configuration,
  request: ContainersRequest,
  report: Report,
): Promise<Pick<ReadContainer, 'timeoutMs' | 'cluster'>> {
  const timeoutMs = millisecondsAt(node, 'timeout');
  const mode = entryOf(valueAt(node, 'executionMode'), 'kubernetesCluster');
  const cluster = mode && (await readJob(mode.value, mode.keyAt, configuration, request, report));
  return { ...(timeoutMs !== undefined && { timeoutMs }), ...(cluster && { cluster }) };
}

/** @param name the name of the step */
export function readContainer(
  node: Located | undefined,
  name: string,
  at: Span,
  execution: Pick<ReadContainer, 'timeoutMs' | 'cluster'>,
): ReadContainer {
  const image = valueAt(node, 'image');
  return {
    ...{ name, at, image: textAt(image) ?? '', imageAt: image?.at ?? at, ...execution },
    container: textAt(node, 'name') ?? name,
    command: textsAt(node, 'command'),
    args: textsAt(node, 'args'),
    env: itemsOf(valueAt(node, 'env')).map((variable) => ({
      name: textAt(variable, 'name') ?? '',
      value: textAt(variable, 'value') ?? '',
    })),
  };
}

async function readJob(
  mode: Located,
  at: Span,
  configuration: Configuration,
  { files, directory, baseOf }: ContainersRequest,
  report: Report,
): Promise<ContainerJob> {
  const [path, overrides] = [valueAt(mode, 'jobManifestPath'), valueAt(mode, 'overrides')];
  if (overrides && !isPatch(textAt(overrides) ?? '')) report(problem('S113', overrides.at, undefined));
  const own = textAt(overrides) ? { overrides: textAt(overrides) ?? '' } : {};
  const written = textAt(path);
  if (!path || !written) return { at, ...own };
  const manifest = resolve(baseOf(configuration), written);
  const read = await readJobManifest(manifest, relative(directory, manifest), files);
  if ('problems' in read) {
    for (const { line, column, why: mistake } of read.problems)
      report(
        problem(
          'S112',
          line === undefined ? path.at : { file: relative(directory, manifest), line, column: column ?? 1 },
          {
            path: written,
            why: mistake,
          },
        ),
      );
    return { at, manifest, ...own };
  }
  const { namespace } = read.job.metadata;
  return { at, manifest, ...(namespace !== undefined && { namespace }), ...own };
}
