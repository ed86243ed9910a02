import { runHooks } from '../../build/hooks/run-hooks.ts';
import type { Renderer } from '../../deploy/deployer.ts';
import type { Manifest } from '../../deploy/kubernetes-object.ts';
import { kustomizeRenderer } from '../../deploy/render/kustomize-renderer.ts';
import { rawYamlRenderer } from '../../deploy/render/raw-yaml-renderer.ts';
import { labelObjects } from '../../deploy/manifests/label-objects.ts';
import { replaceImages } from '../../deploy/manifests/replace-images.ts';
import { ManifestParameters } from '../../deploy/manifests/manifest-parameters.ts';
import { renderManifests, withoutRepeats } from '../../deploy/render/rendered-manifests.ts';
import { stepOrdinals, type StepId } from '../../model/ids.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { HttpTransport } from '../../registry/http-transport.ts';
import { nodeTransport } from '../../registry/node-transport.ts';
import type { StepContext } from '../../steps/step-kind.ts';
import type { ManifestSources, PlannedImage, RenderStepSpec } from '../plan/deploy-spec.ts';
import { deployHookVariables } from './deploy-hook-variables.ts';
import type { ArtifactSurroundings } from './hooked-artifact.ts';
import { helmReleases } from './helm-releases.ts';
import { imagePods } from './image-pods.ts';
import { runImages, type DeployedImage } from './run-images.ts';
import type { SkaffoldSurroundings } from '../surroundings.ts';
import { helmRenderer } from '../../deploy/helm/helm-renderer.ts';
import { releaseOrder } from '../../deploy/helm/release-order.ts';
import { stepEnvironment } from './step-environment.ts';

/** What a render does to objects. */
export interface ManifestsChange {
  readonly images: readonly DeployedImage[];
  readonly apply: (manifests: readonly Manifest[]) => readonly Manifest[];
}

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

  /**
   * Returns the manifests of one configuration. Makes them if this process has not.
   * @param configuration absent: those of all configurations
   */
  async of(configuration: string | undefined, work: Work): Promise<Outcome<readonly Manifest[]>> {
    const made = this.#made === undefined ? await this.#renderPlanned(work) : succeeded(this.#made);
    if (made.status !== 'succeeded') return made;
    return succeeded(
      configuration === undefined ? [...made.value.values()].flat() : (made.value.get(configuration) ?? []),
    );
  }

  /** Returns the images of the run, and what a render does to objects that others render. */
  async change(work: Work): Promise<Outcome<ManifestsChange>> {
    const { id, spec } = this.#planned();
    const images = await this.#imagesOf(id, spec, work);
    if (images.status !== 'succeeded') return images;
    return succeeded({
      images: images.value,
      apply: (manifests) =>
        labelObjects(replaceImages(manifests, images.value, spec.rules).manifests, spec.labels, spec.rules),
    });
  }

  async #imagesOf(
    id: StepId,
    { images, target }: RenderStepSpec,
    work: Work,
  ): Promise<Outcome<readonly DeployedImage[]>> {
    const made = this.#context.resources.results(stepOrdinals(id).iteration);
    return await runImages(images, made, { by: target }, this.#around, work);
  }

  async #renderPlanned(work: Work): Promise<Outcome<RenderedConfigurations>> {
    return await this.render(this.#planned(), work);
  }

  #planned(): { readonly id: StepId; readonly spec: RenderStepSpec } {
    const planned = this.#context.stages.find(({ phase }) => phase === 'render')?.steps[0];
    if (planned === undefined) throw new Error('a plan with a deploy has no render');
    return { id: planned.id, spec: planned.spec as RenderStepSpec };
  }

  async #render(
    { id, spec }: { readonly id: StepId; readonly spec: RenderStepSpec },
    work: Work,
  ): Promise<Outcome<RenderedConfigurations>> {
    const images = await this.#imagesOf(id, spec, work);
    if (images.status !== 'succeeded') return images;
    const rendered = new Map<string, readonly Manifest[]>();
    const used = new Set<string>();
    const parameters = new ManifestParameters(spec.parameters ?? {});
    for (const sources of spec.sources) {
      const one = await this.#renderOne(sources, { ...spec, images: images.value, parameters }, work);
      if (one.status !== 'succeeded') return one;
      rendered.set(sources.name, one.value.manifests);
      for (const { name } of images.value) if (!one.value.unusedImages.includes(name)) used.add(name);
    }
    const unique = withoutRepeatsOf(spec.sources, rendered);
    if (unique.status !== 'succeeded') return unique;
    // Charts that Helm deploys itself are rendered later.
    const isAll = this.#context.stages.every(({ steps }) => steps.every((step) => !('helm' in step.spec)));
    // Charts take all values, and do not say which of them they use.
    const hasCharts = !isAll || spec.sources.some(({ helm }) => helm !== undefined);
    for (const name of hasCharts ? [] : parameters.unused)
      work.output.observe({
        type: 'noted',
        level: 'warning',
        message: `--set ${name}: no field of a manifest has the comment \`# from-param: \${${name}}\``,
      });
    for (const name of isAll ? undeployed(spec.images, used) : [])
      work.output.observe({
        type: 'noted',
        level: 'warning',
        message: `no manifest names the image ${name}, so it is not deployed`,
      });
    return unique;
  }

  async #renderOne(sources: ManifestSources, change: Change, work: Work): ReturnType<typeof renderManifests> {
    const { images, labels, namespace, rules, allowEmpty } = change;
    const env = await stepEnvironment(change.place, this.#around, undefined);
    if (env.status !== 'succeeded') return env;
    const variables = this.#hookVariables(namespace ?? sources.namespace);
    const hooks = async (phase: 'before' | 'after'): Promise<Outcome> => {
      const around = { folder: sources.folder, ...change.place, platform: this.#around.platform, env: env.value };
      return await runHooks(sources.hooks?.[phase] ?? [], phase, variables, around, work);
    };
    const before = await hooks('before');
    if (before.status !== 'succeeded') return before;
    const transport = nodeTransport();
    using _ = { [Symbol.dispose]: () => transport.close() };
    const renderers = this.#renderersOf(sources, { ...change, env: env.value, transport }, work);
    if (renderers.status !== 'succeeded') return renderers;
    const rendered = await renderManifests(
      renderers.value,
      {
        ...{ images, labels, rules, allowEmpty },
        platforms: new Map(images.flatMap(({ reference, platforms }) => (platforms ? [[reference, platforms]] : []))),
        ...(namespace !== undefined && { namespace }),
      },
      work,
    );
    if (rendered.status !== 'succeeded') return rendered;
    const after = await hooks('after');
    return after.status === 'succeeded' ? rendered : after;
  }

  #hookVariables(wanted: string | undefined): Readonly<Record<string, string>> {
    const { cluster } = this.#context.deploys;
    if (!cluster) return {};
    const { context } = cluster.client.connection;
    const namespaces = [wanted ?? cluster.namespace];
    return deployHookVariables({ cluster: { namespaces, ...(context !== undefined && { context }) } });
  }

  #renderersOf(
    { folder, rawYaml, kustomize, helm = [], containers = [] }: ManifestSources,
    {
      images,
      namespace,
      allowEmpty,
      parameters,
      env,
      transport,
    }: Pick<Change, 'images' | 'namespace' | 'allowEmpty' | 'parameters'> & RenderersAround,
    { clock }: Work,
  ): Outcome<readonly Renderer[]> {
    const releases: Renderer[] = [];
    for (const spec of helm) {
      const expanded = helmReleases(spec, { images, env, clock });
      if (expanded.status !== 'succeeded') return expanded;
      const ordered = releaseOrder(expanded.value);
      if (typeof ordered === 'string') return failed({ code: 'unsupported', detail: ordered });
      for (const release of ordered)
        releases.push(
          helmRenderer({
            ...{ release, flags: spec.flags, folder, env },
            ...(namespace !== undefined && { namespace }),
          }),
        );
    }
    return succeeded([
      ...(rawYaml.length > 0
        ? [rawYamlRenderer({ patterns: rawYaml, folder, transport, allowEmpty, parameters })]
        : []),
      ...(kustomize?.paths ?? []).map((path) =>
        kustomizeRenderer({ path, buildArgs: kustomize?.buildArgs ?? [], folder, env }),
      ),
      ...releases,
      ...(containers.length > 0 ? [imagePods(containers)] : []),
    ]);
  }
}

/** Returns the images that nothing uses: manifests do not, and nothing else does. */
export function undeployed(
  images: readonly Pick<PlannedImage, 'name' | 'usedElsewhere'>[],
  named: ReadonlySet<string>,
): readonly string[] {
  return images.filter(({ name, usedElsewhere }) => !named.has(name) && usedElsewhere !== true).map(({ name }) => name);
}

/** What a render changes, with the images of the run. */
interface Change extends Omit<RenderStepSpec, 'images' | 'parameters'> {
  readonly images: readonly DeployedImage[];
  readonly parameters: ManifestParameters;
}

interface RenderersAround {
  readonly env: SkaffoldSurroundings['env'];
  readonly transport: HttpTransport;
}

/**
 * Returns the same without objects that an earlier configuration has, too. If two configurations had an object, each deploy would take
 * it from the other. Failure: `render-failed` if they are not the same.
 */
export function withoutRepeatsOf(
  sources: readonly Pick<ManifestSources, 'name' | 'namespace'>[],
  rendered: RenderedConfigurations,
): Outcome<RenderedConfigurations> {
  const kept = new Set<Manifest>();
  for (const namespace of new Set(sources.map((one) => one.namespace))) {
    const together = sources.filter((one) => one.namespace === namespace);
    const unique = withoutRepeats(together.flatMap(({ name }) => rendered.get(name) ?? []));
    if (unique.status !== 'succeeded') return unique;
    for (const manifest of unique.value) kept.add(manifest);
  }
  return succeeded(new Map([...rendered].map(([name, all]) => [name, all.filter((manifest) => kept.has(manifest))])));
}
