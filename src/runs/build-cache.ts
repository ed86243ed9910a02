/** The artifact cache of builds, for commands. */
import type { StartRequest } from './run-service.ts';
import type {
  BuildExplanation,
  CachedImage,
  CachePruning,
  PrunedCache,
  PrunedSharedCache,
  SharedCachePruning,
} from '../model/cached-image.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Plan } from '../model/plan.ts';
import type { ImageBuilder } from '../runtime/image-builder.ts';
import { describeFailure } from '../words/describe-failure.ts';
import { closePlaces } from '../runtime/run-places.ts';
import type { Machine } from './machine.ts';
import { explainAbsence } from './places/choose-runtime.ts';
import { placeMistakes, type PlaceRequest } from './places/places.ts';

/** What commands do with the artifact cache. */
export interface BuildCacheService {
  /**
   * Returns the images of the cache. Asks an engine whether it still has them.
   * @param where the engine; if it does not answer, `onEngine` is missing
   */
  cachedImages(where: PlaceRequest, signal: AbortSignal): Promise<CachedImages>;
  pruneCache(pruning: CachePruning): Promise<PrunedCache>;
  /** Removes entries of a cache that several machines share. */
  pruneSharedCache(pruning: SharedCachePruning): Promise<PrunedSharedCache>;
  /** Returns what a build would do now. Builds nothing and records no run. */
  explainBuild(request: StartRequest, signal: AbortSignal): Promise<ExplainedBuild>;
}

export interface CachedImages {
  readonly images: readonly (CachedImage & {
    /** Whether the engine still has the image. Absent: no engine answers, or only a registry has the image. */
    readonly onEngine?: boolean;
  })[];
  /** Why no engine was asked. */
  readonly unavailable?: string;
  /** What pipelines cache: files of steps (`cache` in `.wharf-ci.yml`). */
  readonly stepCaches: readonly {
    readonly project: string;
    readonly path: string;
    readonly bytes: number;
    /** Milliseconds since 1970. */
    readonly usedAt: number;
  }[];
}

export type ExplainedBuild =
  | {
      readonly status: 'explained';
      readonly artifacts: readonly BuildExplanation[];
      readonly diagnostics: readonly Diagnostic[];
    }
  /** The configuration or the command line is wrong. */
  | { readonly status: 'refused'; readonly diagnostics: readonly Diagnostic[] }
  /** No engine answers, or it cannot be asked. */
  | { readonly status: 'unavailable'; readonly detail: string; readonly diagnostics: readonly Diagnostic[] };

/** The cache that builds use. */
export interface BuildCache {
  images(): readonly CachedImage[];
  prune(pruning: CachePruning): PrunedCache;
  pruneShared(pruning: SharedCachePruning): PrunedSharedCache;
  explain(plan: Plan, images: ImageBuilder, signal: AbortSignal): Promise<Outcome<readonly BuildExplanation[]>>;
}

type CacheMachine = Pick<Machine, 'places' | 'files' | 'frontEnd'>;

export async function cachedImages(
  { places, files }: CacheMachine,
  cache: BuildCache,
  where: PlaceRequest,
  signal: AbortSignal,
): Promise<CachedImages> {
  const images = cache.images();
  const stepCaches = (await (await files.openCaches()).list()).map(({ project, path, bytes, usedAt }) => ({
    ...{ project, path, bytes, usedAt },
  }));
  if (images.length === 0) return { images, stepCaches };
  const found = await places.connect(places.where(where), undefined, signal);
  if (found.status === 'none') return { images, stepCaches, unavailable: explainAbsence(found) };
  try {
    const builder = found.places.builds.images;
    const known = await Promise.all(
      images.map(async (image) => {
        if (image.id === undefined || builder === undefined) return image;
        const there = await builder.find(image.id, signal);
        return there.status === 'succeeded' ? { ...image, onEngine: there.value !== undefined } : image;
      }),
    );
    return { images: known, stepCaches };
  } finally {
    await closePlaces(found.places);
  }
}

export async function explainBuild(
  { places, frontEnd }: CacheMachine,
  cache: BuildCache,
  request: StartRequest,
  signal: AbortSignal,
): Promise<ExplainedBuild> {
  const where = places.where(request, request);
  const [{ value, diagnostics: read }, misplaced] = await Promise.all([frontEnd.load(request), placeMistakes(where)]);
  const diagnostics = [...read, ...misplaced];
  if (value === undefined || misplaced.length > 0) return { status: 'refused', diagnostics };
  const found = await places.connect(where, undefined, signal);
  if (found.status === 'none') return { status: 'unavailable', detail: explainAbsence(found), diagnostics };
  try {
    // Artifacts that are built in a cluster are not cached, so the others decide which builder is asked.
    const images = found.places.steps.images ?? found.places.builds.images;
    if (images === undefined)
      return { status: 'unavailable', detail: 'this runtime cannot build images: use --on docker', diagnostics };
    const explained = await cache.explain(value.plan, images, signal);
    if (explained.status === 'succeeded') return { status: 'explained', artifacts: explained.value, diagnostics };
    if (explained.status !== 'failed') return { status: 'unavailable', detail: 'cancelled', diagnostics };
    const { what, detail } = describeFailure(explained.failure);
    return { status: 'unavailable', detail: [what, ...detail].join('\n'), diagnostics };
  } finally {
    await closePlaces(found.places);
  }
}
