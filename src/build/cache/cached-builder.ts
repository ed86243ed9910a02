import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { splitImageName } from '../../util/image-grammar.ts';
import type { FoundImage, ImageBuilder } from '../../runtime/image-builder.ts';
import type { TreeIndex } from '../../workspace/index/tree-index.ts';
import type { ArtifactBuild, Builder, BuiltArtifact } from '../builder.ts';
import { preparedBuilder } from '../prepared-builder.ts';
import { keyOf, lookUp, type ArtifactCache, type CacheEntry } from './artifact-cache.ts';
import type { ArtifactInputs, InputState } from '../artifact-inputs.ts';
import { changesDuring, type SeenInputs, type SeenState } from './changes-during.ts';
import { evicted, missResult, type Miss } from './explain-miss.ts';
import type { PublishedImages } from './published-images.ts';
import type { SharedCache } from './shared-cache.ts';

export interface CacheParts {
  readonly cache: ArtifactCache;
  readonly index: TreeIndex;
  readonly images: Pick<ImageBuilder, 'find' | 'tag' | 'push' | 'pull'>;
  /** Names the artifact in the cache: its image and its context. */
  readonly artifact: string;
  /** What decides about the image besides its inputs: the builder's options, by name. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Absent: no registry is asked. */
  readonly published?: PublishedImages;
  /** Whether the build cannot change its own sources, so that any change of a file is by somebody else. */
  readonly isIsolated?: boolean;
  /** What several machines share. */
  readonly shared?: SharedCache;
  /** Whether an image that has the reference of the build is used if the cache has none. */
  readonly importMissing?: boolean;
  /** What is known in this run of images that the engine may not have: an id or digest by reference. */
  readonly elsewhere: Map<string, string>;
  /** Runs before a build, but not if the cache has the image. It may change the files that the image is built from. */
  readonly prepare?: (work: Work) => Promise<Outcome>;
  /** Gets what stores the result of a build, and calls it once the whole artifact is done. Absent: it is stored at once. */
  readonly whenDone?: (store: () => void) => void;
}

/**
 * Skips builds whose image exists: the inputs are those of an earlier build, and the engine still has its image, or the registry
 * to which the build pushes has it. Then the image only gets the new tag, and is pushed if the build says so. Every other build
 * says why it was not skipped.
 */
export function cachedBuilder<Options>(inner: Builder<Options>, parts: CacheParts): Builder<Options> {
  const inputs = inner.inputs?.bind(inner);
  if (!inputs) return preparedBuilder(inner, parts.prepare);
  return {
    async build(build, work) {
      const read = async (): Promise<Outcome<SeenInputs>> => {
        const found = await inputs(build, work.signal);
        if (found.status !== 'succeeded') return found;
        const seen = await stateOf(found.value, build, parts, work.signal);
        return seen.status === 'succeeded' ? succeeded({ inputs: found.value, ...seen.value }) : seen;
      };
      const first = await read();
      const found = first.status === 'succeeded' ? await existing(first.value.state, build, parts, work) : undefined;
      if (found && 'status' in found) return found;
      const prepared = await parts.prepare?.(work);
      if (prepared && prepared.status !== 'succeeded') return prepared;
      const before = parts.prepare ? await read() : first;
      // The build finds and explains what is wrong with the inputs.
      const built = await inner.build(build, work);
      if (built.status !== 'succeeded') return built;
      if (before.status === 'succeeded') {
        const store = storing(before.value, await read(), built.value, build, parts, work);
        if (parts.whenDone) parts.whenDone(store);
        else store();
      }
      parts.index.save();
      return succeeded({ ...built.value, ...(found && { cache: missResult(found) }) });
    },
  };
}

/**
 * Returns what stores an image under the inputs that the builder saw. The build may have pulled its base images. Files that
 * changed meanwhile belong to the next build, so then there is no image to store.
 */
function storing(
  before: SeenInputs,
  after: Outcome<SeenInputs>,
  image: BuiltArtifact,
  build: ArtifactBuild,
  parts: CacheParts,
  work: Work,
): () => void {
  const nothing = () => undefined;
  if (image.id === undefined && image.digest === undefined) return nothing;
  const { cache, artifact } = parts;
  if (after.status === 'failed') return () => cache.setUnkept(artifact, { changes: [] });
  if (after.status !== 'succeeded') return nothing;
  const { state } = after.value;
  const changes = changesDuring(before, after.value, parts.isIsolated === true);
  if (changes) return () => cache.setUnkept(artifact, { key: keyOf(state), changes });
  return () => remember(state, image, build, parts, work);
}

function remember(
  state: InputState,
  { id, digest }: BuiltArtifact,
  { image, reference }: ArtifactBuild,
  { cache, shared, artifact }: CacheParts,
  { clock }: Work,
): void {
  const entry: CacheEntry = {
    ...(id !== undefined && { id }),
    ...(digest !== undefined && { digest }),
    ...{ key: keyOf(state), reference, builtAt: clock.now() },
  };
  cache.add(artifact, entry, state);
  shared?.add(image, entry, state);
}

/** Nobody knows what the image was built from, so other machines are not told of it. */
function rememberImported(
  state: InputState,
  image: BuiltArtifact,
  { reference }: ArtifactBuild,
  { cache, artifact }: CacheParts,
  { clock }: Work,
): void {
  cache.add(artifact, { ...image, key: keyOf(state), reference, builtAt: clock.now(), isImported: true }, state);
}

/** Returns the image of these inputs, or why there is none. */
async function existing(
  state: InputState,
  build: ArtifactBuild,
  parts: CacheParts,
  work: Work,
): Promise<Outcome<BuiltArtifact> | Miss> {
  const own = lookUp(parts.cache, parts.artifact, state);
  const found = 'kind' in own ? own : await reused(own, state, build, parts, work);
  if ('status' in found) return found;
  const others = parts.shared?.find(build.image, state);
  const shared = others && (await reused(others, state, build, parts, work));
  if (shared && 'status' in shared) return shared;
  return (await imported(state, build, parts, work)) ?? found;
}

/** Uses the image of an earlier build, if the engine or the registry of this build still has it. */
async function reused(
  entry: CacheEntry,
  state: InputState,
  build: ArtifactBuild,
  parts: CacheParts,
  work: Work,
): Promise<Outcome<BuiltArtifact> | Miss> {
  const { images, index } = parts;
  const id = await tagged(entry, build, images, work.signal);
  if (id.status !== 'succeeded') return id;
  const isHere = id.value !== undefined;
  const digest = isHere ? undefined : await retagged(entry, build, parts, work);
  if (!isHere && digest === undefined) return evicted(entry);
  index.save();
  const done = digest === undefined ? await pushed(id.value, build, images, work) : succeeded({ digest });
  if (done.status !== 'succeeded') return done;
  keep(entry, done.value, state, build, parts);
  return succeeded({ ...done.value, cache: { hit: true } });
}

/** Stores again the entry of an image that was used. */
function keep(
  entry: CacheEntry,
  { digest }: BuiltArtifact,
  state: InputState,
  { image, reference }: ArtifactBuild,
  { cache, artifact, shared }: CacheParts,
): void {
  // Only now is it known which registry has the image.
  const isNew = digest !== undefined && entry.digest === undefined;
  const used: CacheEntry = isNew ? { ...entry, digest, reference } : entry;
  // This build is the latest one from now on: misses compare with it if others are as near.
  const isLatest = cache.entries(artifact)[0]?.key === used.key && !cache.unkept(artifact);
  if (isNew || !isLatest) cache.add(artifact, used, state);
  if (shared && !used.isImported && (isNew || !shared.find(image, state))) shared.add(image, used, state);
}

/** Gives an image of the engine the reference of a build. Returns its id, or `undefined` if the engine does not have it. */
async function tagged(
  { id }: CacheEntry,
  { reference }: ArtifactBuild,
  images: CacheParts['images'],
  signal: AbortSignal,
): Promise<Outcome<string | undefined>> {
  if (id === undefined) return succeeded(undefined);
  const current = await images.find(reference, signal);
  if (current.status !== 'succeeded') return current;
  if (current.value?.id === id) return succeeded(id);
  const found = await images.find(id, signal);
  if (found.status !== 'succeeded') return found;
  if (!found.value) return succeeded(undefined);
  const moved = await images.tag(id, reference, signal);
  return moved.status === 'succeeded' ? succeeded(id) : moved;
}

/** Gives an image of the registry the tag of a build that pushes. Returns its digest. */
async function retagged(
  { id, digest, reference }: CacheEntry,
  build: ArtifactBuild,
  { published, elsewhere, images }: CacheParts,
  work: Work,
): Promise<string | undefined> {
  if (!build.push || digest === undefined || !published) return undefined;
  const from = `${splitImageName(reference).name}@${digest}`;
  const found = await published.retag(from, build.reference, build.push, work);
  if (found === undefined || !(await hasNoOther(build.reference, images, work))) return undefined;
  elsewhere.set(build.reference, id ?? found);
  return found;
}

/**
 * Reports whether builds that require an image of the registry get that one. Engines take their own image of the same name, which
 * may be an older one, so it is pulled again.
 */
async function hasNoOther(reference: string, images: CacheParts['images'], work: Work): Promise<boolean> {
  const own = await images.find(reference, work.signal);
  if (own.status !== 'succeeded') return false;
  if (!own.value) return true;
  const pulled = await images.pull?.(reference, work);
  return pulled?.status === 'succeeded' && pulled.value !== undefined;
}

/** Uses an image that has the reference of the build already, whatever it was built from, if the build wants that. */
async function imported(
  state: InputState,
  build: ArtifactBuild,
  parts: CacheParts,
  work: Work,
): Promise<Outcome<BuiltArtifact> | undefined> {
  const { importMissing, published, images, elsewhere } = parts;
  if (!importMissing) return undefined;
  let image: BuiltArtifact | undefined;
  if (build.push) {
    const digest = await published?.digest(build.reference, build.push, work);
    if (digest === undefined || !(await hasNoOther(build.reference, images, work))) return undefined;
    elsewhere.set(build.reference, digest);
    image = { digest };
  } else {
    const found = await foundOrPulled(build.reference, images, work);
    if (found.status !== 'succeeded') return found;
    image = found.value;
  }
  if (!image) return undefined;
  rememberImported(state, image, build, parts, work);
  parts.index.save();
  return succeeded({ ...image, cache: { hit: true } });
}

async function foundOrPulled(
  reference: string,
  images: CacheParts['images'],
  work: Work,
): Promise<Outcome<BuiltArtifact | undefined>> {
  const found = await images.find(reference, work.signal);
  if (found.status !== 'succeeded' || found.value || !images.pull)
    return found.status === 'succeeded' ? succeeded(found.value && { id: found.value.id }) : found;
  return await images.pull(reference, work);
}

/** Pushes an image of the engine if the build says so. */
async function pushed(
  id: string | undefined,
  { push, reference }: ArtifactBuild,
  images: CacheParts['images'],
  work: Work,
): Promise<Outcome<BuiltArtifact>> {
  const image = id === undefined ? {} : { id };
  if (!push) return succeeded(image);
  const done = await images.push({ reference, insecure: push.insecure }, work);
  return done.status === 'succeeded' ? succeeded({ ...image, digest: done.value.digest }) : done;
}

/** Returns what an artifact would be built from now. */
export async function stateOf(
  { folder, files, others, baseImages }: ArtifactInputs,
  build: ArtifactBuild,
  { index, images, options, elsewhere }: Pick<CacheParts, 'index' | 'images' | 'options' | 'elsewhere'>,
  signal: AbortSignal,
): Promise<Outcome<SeenState>> {
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
  const outside: (readonly [string, string])[] = [];
  for (const path of others) outside.push([path, (await index.hash(path, signal)) ?? '']);
  // Other machines may have the sources in another folder.
  const relativeOutside = outside.map(([path, hash]) => [relative(folder, path), hash]);
  const state: InputState = {
    filesDigest: outside.length === 0 ? hashes.digest : hashOf([hashes.digest, ...relativeOutside]),
    // A build that is skipped needs the digest alone, and objects of many files are slow.
    get files() {
      return { ...Object.fromEntries(hashes.byPath()), ...Object.fromEntries(outside) };
    },
    options: Object.fromEntries(
      Object.entries({ ...options, platforms: build.platforms }).map(([name, value]) => [name, hashOf(value)]),
    ),
    baseImages: bases.value,
    requires: { ...required.value, ...knownElsewhere(build, elsewhere) },
  };
  return succeeded({ state, metadata: () => hashes.metadata() });
}

/** The engine may not have a required image, or an older one of the same name. */
function knownElsewhere({ requires }: ArtifactBuild, elsewhere: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(
    requires.flatMap(({ alias, reference }) => {
      const id = elsewhere.get(reference);
      return id === undefined ? [] : [[alias, id] as const];
    }),
  );
}

/** Values of options may be secrets, so only their hashes are stored. */
function hashOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest('hex');
}
