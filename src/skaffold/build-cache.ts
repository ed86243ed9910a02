import fs from 'node:fs';
import { join } from 'node:path';
import type { ArtifactBuild, PushTarget } from '../build/builder.ts';
import {
  artifactName,
  artifactOf,
  lookUp,
  openArtifactCache,
  type ArtifactCache,
  type CacheEntry,
} from '../build/cache/artifact-cache.ts';
import { stateOf } from '../build/cache/cached-builder.ts';
import { evicted, reasonsOf, type Miss } from '../build/cache/explain-miss.ts';
import { publishedImages, type PublishedImages } from '../build/cache/published-images.ts';
import { pruneSharedCache } from '../build/cache/prune-shared-cache.ts';
import { pruneReason } from '../build/cache/prune-reason.ts';
import { rememberedImages, type RememberedImages } from '../build/cache/remembered-images.ts';
import { platformBuilds, type PlatformBuild } from '../build/platforms/multi-platform-builder.ts';
import type {
  BuildExplanation,
  CachedImage,
  CachePruning,
  PrunedCache,
  PrunedSharedCache,
  SharedCachePruning,
} from '../model/cached-image.ts';
import { succeeded, type Outcome } from '../model/outcome.ts';
import type { Plan, StepSpec } from '../model/plan.ts';
import { splitImageName } from '../util/image-grammar.ts';
import type { ImageBuilder } from '../runtime/image-builder.ts';
import { describeFailure } from '../words/describe-failure.ts';
import { pruneIndexes } from '../workspace/index/prune-indexes.ts';
import { openTreeIndex, type TreeIndex } from '../workspace/index/tree-index.ts';
import type { ArtifactBuilder, ArtifactStepSpec } from './plan/artifact-spec.ts';
import { buildsSeveralPlatforms } from './plan/platform-decision.ts';
import { artifactRegistry } from './steps/artifact-registry.ts';
import {
  hookedArtifact,
  sharedCacheOf,
  type ArtifactSurroundings,
  type HookedArtifact,
} from './steps/hooked-artifact.ts';

/** The artifact cache, as commands see it. It changes nothing but what `prune` removes. */
export class SkaffoldBuildCache {
  readonly #around: ArtifactSurroundings;

  constructor(around: ArtifactSurroundings) {
    this.#around = around;
  }

  /** Returns every image of the cache, by name and folder, the newest of each first. */
  images(): readonly CachedImage[] {
    return this.#entries().map(({ image }) => image);
  }

  prune(pruning: CachePruning): PrunedCache {
    const cache = this.#open();
    const found = this.#entries().map((entry) => ({
      ...entry,
      because: pruneReason(entry.image, pruning, (folder) => fs.existsSync(folder)),
    }));
    const removed = found.flatMap(({ because, ...entry }) => (because === undefined ? [] : [{ ...entry, because }]));
    if (!pruning.dryRun)
      for (const name of new Set(removed.map(({ artifact }) => artifact)))
        cache.remove(name, new Set(removed.filter(({ artifact }) => artifact === name).map(({ key }) => key)));
    if (!pruning.dryRun) removeUnkept(cache, pruning.all);
    return {
      removed: removed.map(({ image, because }) => ({ ...image, because })),
      kept: found.length - removed.length,
      indexes: pruneIndexes(join(this.#around.caches, 'files'), pruning),
    };
  }

  pruneShared(pruning: SharedCachePruning): PrunedSharedCache {
    return pruneSharedCache(pruning);
  }

  /**
   * Returns for each artifact of a plan whether it would be built now, and why. Builds nothing. Failures: those of
   * `ImageBuilder.find`.
   */
  async explain(plan: Plan, images: ImageBuilder, signal: AbortSignal): Promise<Outcome<readonly BuildExplanation[]>> {
    const specs = plan.stages.flatMap(({ steps }) => steps).flatMap(({ spec }) => (isArtifact(spec) ? [spec] : []));
    const explaining = new PlanExplaining(specs, {
      ...{ images, around: this.#around, cache: this.#open(), remembered: rememberedImages(images) },
      index: openTreeIndex(join(this.#around.caches, 'files'), () => this.#around.clock.now()),
      published: publishedImages((...request) => artifactRegistry(this.#around, ...request)),
    });
    const explained: BuildExplanation[] = [];
    for (const spec of specs) {
      const one = await explaining.of(spec, signal);
      if (one.status !== 'succeeded') return one;
      const { image, reference } = spec;
      explained.push({ image, reference, cached: one.value.length === 0, reasons: one.value });
    }
    return succeeded(explained);
  }

  #open(): ArtifactCache {
    return openArtifactCache(join(this.#around.caches, 'artifacts'));
  }

  #entries(): readonly { readonly artifact: string; readonly key: string; readonly image: CachedImage }[] {
    const cache = this.#open();
    return cache.artifacts().flatMap((artifact) =>
      cache.entries(artifact).map(({ key, reference, id, digest, builtAt }) => ({
        ...{ artifact, key },
        image: {
          ...artifactOf(artifact),
          ...{ reference, builtAt },
          ...(id !== undefined && { id }),
          ...(digest !== undefined && { digest }),
        },
      })),
    );
  }
}

/** Removes what is known of artifacts without entries if their folder is gone. */
function removeUnkept(cache: ArtifactCache, all: boolean): void {
  for (const name of cache.artifacts())
    if (cache.entries(name).length === 0 && (all || !fs.existsSync(artifactOf(name).context)))
      cache.remove(name, new Set());
}

/** Only steps that build an artifact have a builder. */
function isArtifact(spec: StepSpec): spec is ArtifactStepSpec {
  return 'builder' in spec;
}

interface ExplainParts {
  readonly images: ImageBuilder;
  readonly remembered: RememberedImages;
  readonly around: ArtifactSurroundings;
  readonly cache: ArtifactCache;
  readonly index: TreeIndex;
  readonly published: PublishedImages;
}

/** Explains the artifacts of one plan, each after those that it requires. */
class PlanExplaining {
  readonly #byReference: ReadonlyMap<string, ArtifactStepSpec>;
  readonly #parts: ExplainParts;
  readonly #known = new Map<string, Outcome<readonly string[]>>();
  /** The image that a reference will have if its artifact is cached, else the last one that it had. */
  readonly #ids = new Map<string, string>();

  constructor(specs: readonly ArtifactStepSpec[], parts: ExplainParts) {
    this.#byReference = new Map(specs.map((spec) => [spec.reference, spec]));
    const { remembered } = parts;
    const find: RememberedImages['find'] = async (reference, signal) =>
      await remembered.find(this.#ids.get(reference) ?? reference, signal);
    this.#parts = { ...parts, remembered: { ...remembered, find } };
  }

  /** Returns why an artifact would be built. No reasons: it is cached. */
  async of(spec: ArtifactStepSpec, signal: AbortSignal): Promise<Outcome<readonly string[]>> {
    const known = this.#known.get(spec.reference);
    if (known) return known;
    const rebuilt: string[] = [];
    for (const { alias, reference } of spec.requires) {
      const required = this.#byReference.get(reference);
      const reasons = required && (await this.of(required, signal));
      if (reasons && reasons.status !== 'succeeded') return reasons;
      if (reasons && reasons.value.length > 0) rebuilt.push(`required image ${alias} would be built`);
    }
    const own = await this.#own(spec, rebuilt.length > 0, signal);
    const all = own.status === 'succeeded' ? succeeded([...own.value, ...rebuilt]) : own;
    this.#known.set(spec.reference, all);
    return all;
  }

  async #own(
    spec: ArtifactStepSpec,
    requiredIsBuilt: boolean,
    signal: AbortSignal,
  ): Promise<Outcome<readonly string[]>> {
    const { around } = this.#parts;
    const made = await hookedArtifact(spec, this.#parts, around);
    if (made.status !== 'succeeded') return made;
    const { build } = made.value;
    const builds: readonly PlatformBuild<ArtifactBuilder>[] = buildsSeveralPlatforms(spec.builder.type)
      ? [{ build }]
      : platformBuilds(build, around.machine);
    const all: string[] = [];
    for (const one of builds) {
      const reasons = await this.#ofPlatform(spec, one, made.value, requiredIsBuilt, signal);
      if (reasons.status !== 'succeeded') return reasons;
      all.push(...reasons.value.map((reason) => (one.platform === undefined ? reason : `${one.platform}: ${reason}`)));
    }
    return succeeded(all);
  }

  async #ofPlatform(
    spec: ArtifactStepSpec,
    { platform, build }: PlatformBuild<ArtifactBuilder>,
    { builder, options }: HookedArtifact,
    requiredIsBuilt: boolean,
    signal: AbortSignal,
  ): Promise<Outcome<readonly string[]>> {
    const { cache, index, remembered } = this.#parts;
    const artifact = artifactName({ ...spec, platform });
    const last = cache.entries(artifact)[0]?.id;
    if (last !== undefined) this.#ids.set(build.reference, last);
    if (!spec.cache) return succeeded(['the cache is off']);
    if (spec.cluster) return succeeded(['builders in a cluster keep no images']);
    if (!builder.inputs) return succeeded([`the files of a \`${spec.builder.type}\` artifact are not known`]);
    const found = await builder.inputs(build, signal);
    if (found.status === 'failed') return succeeded([whyUnread(found.failure)]);
    if (found.status !== 'succeeded') return found;
    const parts = { index, images: remembered, options, elsewhere: this.#ids };
    const seen = await stateOf(found.value, build, parts, signal);
    if (seen.status !== 'succeeded') return seen;
    const { state } = seen.value;
    const own = lookUp(cache, artifact, state);
    const shared = sharedCacheOf(spec, this.#parts.around)?.find(build.image, state);
    for (const entry of ['kind' in own ? undefined : own, shared]) {
      const exists = entry && (await this.#exists(entry, build, signal));
      if (exists && exists.status !== 'succeeded') return exists;
      if (!entry || !exists?.value) continue;
      this.#ids.set(build.reference, entry.id ?? entry.digest ?? '');
      return succeeded([]);
    }
    const imported = spec.importMissing ? await this.#has(build, signal) : succeeded(false);
    if (imported.status !== 'succeeded') return imported;
    if (imported.value) return succeeded([]);
    const miss: Miss = 'kind' in own ? own : evicted(own);
    return succeeded(requiredIsBuilt ? ownReasons(miss) : reasonsOf(miss));
  }

  /** Reports whether the engine has the image of an entry, or the registry that the build pushes to. */
  async #exists(entry: CacheEntry, build: ArtifactBuild, signal: AbortSignal): Promise<Outcome<boolean>> {
    const { id, digest, reference } = entry;
    const found = id === undefined ? succeeded(undefined) : await this.#parts.remembered.find(id, signal);
    if (found.status !== 'succeeded') return found;
    if (found.value) return succeeded(true);
    const repository = splitImageName(reference).name;
    if (!build.push || digest === undefined || repository !== splitImageName(build.reference).name)
      return succeeded(false);
    return succeeded(await this.#isPublished(`${repository}@${digest}`, build.push, signal));
  }

  /** Reports whether there is an image with the reference of the build. */
  async #has({ reference, push }: ArtifactBuild, signal: AbortSignal): Promise<Outcome<boolean>> {
    const found = push ? succeeded(undefined) : await this.#parts.remembered.find(reference, signal);
    if (found.status !== 'succeeded') return found;
    return succeeded(found.value !== undefined || (await this.#isPublished(reference, push, signal)));
  }

  async #isPublished(reference: string, push: PushTarget = { insecure: false }, signal: AbortSignal): Promise<boolean> {
    const { published, around } = this.#parts;
    return (await published.digest(reference, push, { signal, clock: around.clock })) !== undefined;
  }
}

/** Returns the reasons beside required images that would be built, which is a reason of its own. */
function ownReasons(miss: Miss): readonly string[] {
  if (miss.kind !== 'changed') return reasonsOf(miss);
  const changes = miss.changes.filter(({ input }) => input !== 'required image');
  return changes.length === 0 ? [] : reasonsOf({ ...miss, changes });
}

function whyUnread(failure: Parameters<typeof describeFailure>[0]): string {
  const { what, detail } = describeFailure(failure);
  return [`its files cannot be read: ${what}`, ...detail].join(': ');
}
