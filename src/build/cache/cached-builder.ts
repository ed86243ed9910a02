import { createHash } from 'node:crypto';
import { succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { FoundImage, ImageBuilder, ImagePush } from '../../runtime/image-builder.ts';
import type { TreeIndex } from '../../workspace/index/tree-index.ts';
import type { ArtifactBuild, Builder, BuiltArtifact } from '../builder.ts';
import { keyOf, lookUp, type ArtifactCache, type CacheEntry } from './artifact-cache.ts';
import type { ArtifactInputs, InputState } from '../artifact-inputs.ts';
import { missResult, type Miss } from './explain-miss.ts';

export interface CacheParts {
  readonly cache: ArtifactCache;
  readonly index: TreeIndex;
  readonly images: Pick<ImageBuilder, 'find' | 'tag' | 'push'>;
  /** Names the artifact in the cache: its image and its context. */
  readonly artifact: string;
  /** What decides about the image besides its inputs: the builder's options, by name. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Skips builds whose image exists: the inputs are those of an earlier build, and the engine still has its image. Then the image only
 * gets the new tag, and is pushed if the build says so. Every other build says why it was not skipped.
 */
export function cachedBuilder<Options>(inner: Builder<Options>, parts: CacheParts): Builder<Options> {
  const inputs = inner.inputs?.bind(inner);
  if (!inputs) return inner;
  return {
    async build(build, work) {
      const read = async () => {
        const found = await inputs(build, work.signal);
        return found.status === 'succeeded' ? await stateOf(found.value, build, parts, work.signal) : found;
      };
      const before = await read();
      // The build finds and explains what is wrong with the inputs.
      if (before.status !== 'succeeded') return await inner.build(build, work);
      const entry = lookUp(parts.cache, parts.artifact, before.value);
      const hit = 'kind' in entry ? entry : await reused(entry, before.value, build, parts, work);
      if ('status' in hit) return hit;
      const built = await inner.build(build, work);
      if (built.status !== 'succeeded') return built;
      // The build may have pulled its base images. Files that changed meanwhile belong to the next build.
      const after = await read();
      if (
        built.value.id !== undefined &&
        after.status === 'succeeded' &&
        before.value.filesDigest === after.value.filesDigest
      )
        parts.cache.add(
          parts.artifact,
          { ...built.value, key: keyOf(after.value), reference: build.reference, builtAt: work.clock.now() },
          after.value,
        );
      parts.index.save();
      return succeeded({ ...built.value, cache: missResult(hit) });
    },
  };
}

/** Uses the image of an earlier build, if the engine still has it. */
async function reused(
  entry: CacheEntry,
  state: InputState,
  build: ArtifactBuild,
  { images, index, cache, artifact }: CacheParts,
  work: Work,
): Promise<Outcome<BuiltArtifact> | Miss> {
  const evicted: Miss = { kind: 'evicted', reference: entry.reference };
  if (entry.id === undefined) return evicted;
  const tagged = await images.find(build.reference, work.signal);
  if (tagged.status !== 'succeeded') return tagged;
  if (tagged.value?.id !== entry.id) {
    const found = await images.find(entry.id, work.signal);
    if (found.status !== 'succeeded') return found;
    if (!found.value) return evicted;
    const moved = await images.tag(entry.id, build.reference, work.signal);
    if (moved.status !== 'succeeded') return moved;
  }
  // The next miss names what changed since this build, not since the one that made the image.
  if (cache.entries(artifact)[0]?.key !== entry.key) cache.add(artifact, entry, state);
  index.save();
  const { id } = entry;
  if (!build.push) return succeeded({ id, cache: { hit: true } });
  const push: ImagePush = { reference: build.reference, insecure: build.push.insecure };
  const pushed = await images.push(push, work);
  return pushed.status === 'succeeded' ? succeeded({ id, digest: pushed.value.digest, cache: { hit: true } }) : pushed;
}

/** Returns what an artifact would be built from now. */
export async function stateOf(
  { folder, files, others, baseImages }: ArtifactInputs,
  build: ArtifactBuild,
  { index, images, options }: Pick<CacheParts, 'index' | 'images' | 'options'>,
  signal: AbortSignal,
): Promise<Outcome<InputState>> {
  const hashes = await index.hashes(folder, files, signal);
  const ids = async (references: readonly (readonly [string, string])[]): Promise<Outcome<Record<string, string>>> => {
    const found: Record<string, string> = {};
    for (const [name, reference] of references) {
      const image: Outcome<FoundImage | undefined> = await images.find(reference, signal);
      if (image.status !== 'succeeded') return image;
      found[name] = image.value?.id ?? '';
    }
    return succeeded(found);
  };
  const own = new Set(build.requires.map(({ reference }) => reference));
  const bases = await ids(baseImages.filter((name) => !own.has(name)).map((name) => [name, name] as const));
  if (bases.status !== 'succeeded') return bases;
  const required = await ids(build.requires.map(({ alias, reference }) => [alias, reference] as const));
  if (required.status !== 'succeeded') return required;
  const outside = others.map((path) => [path, index.hash(path) ?? ''] as const);
  return succeeded({
    filesDigest: outside.length === 0 ? hashes.digest : hashOf([hashes.digest, ...outside]),
    // A build that is skipped needs the digest alone, and objects of many files are slow.
    get files() {
      return { ...Object.fromEntries(hashes.byPath()), ...Object.fromEntries(outside) };
    },
    options: Object.fromEntries(
      Object.entries({ ...options, platforms: build.platforms }).map(([name, value]) => [name, hashOf(value)]),
    ),
    baseImages: bases.value,
    requires: required.value,
  });
}

/** Values of options may be secrets, so only their hashes are stored. */
function hashOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest('hex');
}
