import { runHooks } from '../../build/hooks/run-hooks.ts';
import type { Renderer } from '../../deploy/deployer.ts';
import type { Manifest } from '../../deploy/kubernetes-object.ts';
import { kustomizeRenderer } from '../../deploy/render/kustomize-renderer.ts';
import { rawYamlRenderer } from '../../deploy/render/raw-yaml-renderer.ts';
import { renderManifests } from '../../deploy/render/rendered-manifests.ts';
import { stepOrdinals, type StepId } from '../../model/ids.ts';
import { succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { HttpTransport } from '../../registry/http-transport.ts';
import { nodeTransport } from '../../registry/node-transport.ts';
import type { StepContext } from '../../steps/step-kind.ts';
import type { ManifestSources, RenderStepSpec } from '../plan/deploy-spec.ts';
import type { ArtifactSurroundings } from './hooked-artifact.ts';
import { runImages } from './run-images.ts';
import { stepEnvironment } from './step-environment.ts';

/** The manifests of each configuration, by its name. */
export type RenderedConfigurations = ReadonlyMap<string, readonly Manifest[]>;

/**
 * The manifests of a run. They may have secrets, so they are in no log: a process that resumes a run makes them again. There is one
 * object for each run.
 */
export class RunManifests {
  readonly #context: StepContext;
  readonly #around: ArtifactSurroundings;
  #made: RenderedConfigurations | undefined;

  constructor(context: StepContext, around: ArtifactSurroundings) {
    this.#context = context;
    this.#around = around;
  }

  /** Makes the manifests of all configurations. Failures: as `Renderer.render`, and `image-unavailable`. */
  async render(
    step: { readonly id: StepId; readonly spec: RenderStepSpec },
    work: Work,
  ): Promise<Outcome<RenderedConfigurations>> {
    const made = await this.#render(step, work);
    if (made.status === 'succeeded') this.#made = made.value;
    return made;
  }

  /** Returns the manifests of one configuration. Makes them if this process has not. */
  async of(configuration: string, work: Work): Promise<Outcome<readonly Manifest[]>> {
    const made = this.#made === undefined ? await this.#renderPlanned(work) : succeeded(this.#made);
    return made.status === 'succeeded' ? succeeded(made.value.get(configuration) ?? []) : made;
  }

  async #renderPlanned(work: Work): Promise<Outcome<RenderedConfigurations>> {
    const steps = this.#context.stages.flatMap((stage) => stage.steps);
    const planned = steps.find(({ spec }) => spec.kind === 'render');
    if (planned === undefined) throw new Error('a plan with a deploy has no render');
    return await this.render({ id: planned.id, spec: planned.spec as RenderStepSpec }, work);
  }

  async #render(
    { id, spec }: { readonly id: StepId; readonly spec: RenderStepSpec },
    work: Work,
  ): Promise<Outcome<RenderedConfigurations>> {
    const made = this.#context.resources.results(stepOrdinals(id).iteration);
    const by = this.#context.deploys.kind === 'kubernetes' ? 'cluster' : 'engine';
    const images = await runImages(spec.images, made, { by }, this.#around, work);
    if (images.status !== 'succeeded') return images;
    const rendered = new Map<string, readonly Manifest[]>();
    const used = new Set<string>();
    for (const sources of spec.sources) {
      const one = await this.#renderOne(sources, { ...spec, images: images.value }, work);
      if (one.status !== 'succeeded') return one;
      rendered.set(sources.name, one.value.manifests);
      for (const { name } of images.value) if (!one.value.unusedImages.includes(name)) used.add(name);
    }
    for (const { name } of images.value)
      if (!used.has(name))
        work.output.observe({
          type: 'noted',
          level: 'warning',
          message: `no manifest names the image ${name}, so it is not deployed`,
        });
    return succeeded(rendered);
  }

  async #renderOne(
    sources: ManifestSources,
    {
      images,
      labels,
      namespace,
      rules,
      allowEmpty,
    }: Omit<RenderStepSpec, 'images'> & { readonly images: readonly { name: string; reference: string }[] },
    work: Work,
  ): ReturnType<typeof renderManifests> {
    const env = await stepEnvironment(undefined, this.#around, undefined);
    if (env.status !== 'succeeded') return env;
    const hooks = async (phase: 'before' | 'after'): Promise<Outcome> =>
      await runHooks(
        sources.hooks?.[phase] ?? [],
        phase,
        {},
        { folder: sources.folder, platform: this.#around.platform, env: env.value },
        work,
      );
    const before = await hooks('before');
    if (before.status !== 'succeeded') return before;
    const change = {
      images,
      labels,
      platforms: new Map<string, readonly string[]>(),
      rules,
      allowEmpty,
      ...(namespace !== undefined && { namespace }),
    };
    const transport = nodeTransport();
    using _ = { [Symbol.dispose]: () => transport.close() };
    const rendered = await renderManifests(renderersOf(sources, env.value, transport), change, work);
    if (rendered.status !== 'succeeded') return rendered;
    const after = await hooks('after');
    return after.status === 'succeeded' ? rendered : after;
  }
}

function renderersOf(
  { folder, rawYaml, kustomize }: ManifestSources,
  env: Readonly<Record<string, string | undefined>>,
  transport: HttpTransport,
): readonly Renderer[] {
  return [
    ...(rawYaml.length > 0 ? [rawYamlRenderer({ patterns: rawYaml, folder, transport })] : []),
    ...(kustomize?.paths ?? []).map((path) =>
      kustomizeRenderer({ path, buildArgs: kustomize?.buildArgs ?? [], folder, env }),
    ),
  ];
}
