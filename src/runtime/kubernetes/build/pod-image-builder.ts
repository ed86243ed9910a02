import { cancelledBy, failed, succeeded, type Failure, type Outcome } from '../../../model/outcome.ts';
import type { ClusterBuilder } from '../../../model/kubernetes-settings.ts';
import type { TarSource } from '../../../model/tree.ts';
import type { Work } from '../../../model/work.ts';
import { readTar } from '../../../tar/tar-reader.ts';
import { unsupportedOption } from '../../build-options.ts';
import { cancelledOrFailed } from '../../error-outcome.ts';
import type { BuiltImage, ImageBuild, ImageBuilder, ImagePush, PushedImage } from '../../image-builder.ts';
import { labelKeys, type Exit, type Runtime, type Workload } from '../../runtime.ts';
import { BuilderLines } from './builder-lines.ts';
import type { BuildEnd, BuilderReport } from './builder-program.ts';
import { builderPrograms } from './builder-programs.ts';
import { builderContainer, builderWorkload } from './builder-workload.ts';
import { kanikoLimits } from './kaniko-command.ts';

/**
 * Builds images without an engine. Each build is a workload that runs a program such as Kaniko. The program pushes
 * before it ends: the pod keeps no image. This class uses only the `Runtime` interface, nothing of Kubernetes.
 */
export class PodImageBuilder implements ImageBuilder {
  /** Results of pushes, keyed by the objects of the build's `pushes`. */
  readonly #pushed = new WeakMap<ImagePush, Outcome<PushedImage>>();
  readonly #runtime: Pick<Runtime, 'start' | 'find' | 'remove'>;
  readonly #builder: ClusterBuilder;

  constructor(runtime: Pick<Runtime, 'start' | 'find' | 'remove'>, builder: ClusterBuilder) {
    this.#runtime = runtime;
    this.#builder = builder;
  }

  async build(build: ImageBuild, work: Work): Promise<Outcome<BuiltImage>> {
    if (work.signal.aborted) return cancelledBy(work.signal);
    const { limits } = builderPrograms[this.#builderOf(build).kind];
    const unsupported = unsupportedOption(build, limits) ?? unsupportedFlags(build, limits.builder);
    if (unsupported !== undefined) return failed(unsupported);
    const [base] = build.baseImages;
    if (build.pull === 'never' && base !== undefined) {
      return failed({
        code: 'image-unavailable',
        image: base,
        detail: 'a build in the cluster always fetches its base images: remove --pull never',
      });
    }
    try {
      const end = await this.#run(build, work);
      if (end.status !== 'succeeded') return end;
      for (const [push, outcome] of end.value.pushed) this.#pushed.set(push, outcome);
      return end.value.built;
    } catch (error) {
      return cancelledOrFailed(error, work.signal);
    }
  }

  async tag(): Promise<Outcome> {
    const detail = 'a builder in the cluster keeps no images';
    return await Promise.resolve(failed({ code: 'unsupported', detail }));
  }

  async find(): Promise<Outcome<undefined>> {
    return await Promise.resolve(succeeded(undefined));
  }

  async push(push: ImagePush, work: Work): Promise<Outcome<PushedImage>> {
    const outcome =
      this.#pushed.get(push) ??
      failed({
        code: 'push-failed',
        image: push.reference,
        detail: 'a builder in the cluster can only push during a build: add this push to the pushes of the build',
      });
    if (outcome.status === 'succeeded')
      work.output.observe({ type: 'image.pushed', image: push.reference, digest: outcome.value.digest });
    return await Promise.resolve(outcome);
  }

  #builderOf({ pod }: ImageBuild): ClusterBuilder {
    return pod?.builder ?? this.#builder;
  }

  async #run(build: ImageBuild, work: Work): Promise<Outcome<BuildEnd>> {
    const builder = this.#builderOf(build);
    const program = builderPrograms[builder.kind];
    const dockerfile = await readFile(build.context, build.dockerfile, work.signal);
    if (dockerfile === undefined)
      return failed({ code: 'build-failed', detail: `the build context has no ${build.dockerfile}` });
    const job = program.job(build, dockerfile);
    if (job.status !== 'succeeded') return job;
    const spec = builderWorkload(build, job.value, program.places, builder);
    await this.#clear(spec.name, build, work.signal);
    const started = await this.#runtime.start(spec, work);
    if (started.status !== 'succeeded') return explained(started, job.value.needs);
    const workload = started.value;
    try {
      return explained(await attend(workload, program.report(build), program.places.results, work), job.value.needs);
    } finally {
      await dispose(workload, work);
    }
  }

  /**
   * Removes the workload of an earlier attempt whose process died. Builds are not adopted, and two builders would push
   * the same names.
   */
  async #clear(name: string, { workload }: ImageBuild, signal: AbortSignal): Promise<void> {
    const { [labelKeys.attempt]: _, [labelKeys.lifetime]: __, ...ofStep } = workload?.labels ?? {};
    if (ofStep[labelKeys.step] === undefined) return;
    for await (const ref of this.#runtime.find(ofStep, signal))
      if (ref.name !== name) await this.#runtime.remove(ref, 0);
  }
}

/** Returns the failure of arguments for Kaniko that another builder gets. */
function unsupportedFlags({ pod }: ImageBuild, builder: string): Failure | undefined {
  const [flag] = pod?.kanikoFlags ?? [];
  if (flag === undefined || builder === kanikoLimits.builder) return undefined;
  return { code: 'unsupported', detail: `${builder} does not support ${flag}, an option of Kaniko: use Kaniko` };
}

/** Reads the builder's output from its first byte to its end. */
async function attend(
  workload: Workload,
  report: BuilderReport,
  results: string,
  work: Work,
): Promise<Outcome<BuildEnd>> {
  const lines = new BuilderLines();
  const hear = (texts: readonly string[]) => {
    for (const text of texts) {
      const fact = report.line(text);
      if (fact !== undefined) work.output.observe(fact);
    }
  };
  for await (const chunk of workload.logs(builderContainer, {}, work.signal)) {
    if ('lost' in chunk) work.output.lost('combined', chunk.lost);
    else {
      hear(lines.push(chunk.stream, chunk.bytes));
      await work.output.write('combined', chunk.bytes);
    }
  }
  hear(lines.end());
  if (work.signal.aborted) return cancelledBy(work.signal);
  const exit: Exit = await workload.exited(builderContainer);
  if ('failure' in exit) return failed(exit.failure);
  const left = await workload.copyOut(builderContainer, results, work.signal);
  return succeeded(report.ended(exit.code, left === undefined ? new Map() : await smallFiles(left)));
}

/** Removes the workload. `doctor --clean` later finds by its labels what cannot be removed now. */
async function dispose(workload: Workload, work: Work): Promise<void> {
  try {
    await workload[Symbol.asyncDispose]();
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    work.output.observe({ type: 'workload.left', workload: workload.ref.name, detail });
  }
}

/** Adds what the image lacks. A builder image without the program fails at the start or only at the end. */
function explained<T>(outcome: Outcome<T>, needs: string | undefined): Outcome<T> {
  if (needs === undefined || outcome.status !== 'failed' || outcome.failure.code !== 'start-failed') return outcome;
  return failed({ code: 'unsupported', detail: needs });
}

/** Returns the content of a file in a tree; `undefined` if there is none. */
async function readFile(tree: TarSource, path: string, signal: AbortSignal): Promise<string | undefined> {
  for await (const { header, body } of readTar(tree.open({ uid: 0, gid: 0 }, signal))) {
    if (header.type === 'file' && header.name.toString() === path) return await textOf(body);
  }
  return undefined;
}

/** Returns the trimmed contents of a folder of small files, by name. */
async function smallFiles(tar: AsyncIterable<Uint8Array>): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for await (const { header, body } of readTar(tar)) {
    if (header.type === 'file' && header.size <= 4_096)
      files.set(header.name.toString().split('/').at(-1) ?? '', (await textOf(body)).trim());
  }
  return files;
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString();
}
