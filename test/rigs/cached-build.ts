import { expect } from 'vitest';
import type { ArtifactInputs, InputState } from '../../src/build/artifact-inputs.ts';
import type { ArtifactBuild, Builder, BuiltArtifact } from '../../src/build/builder.ts';
import type { ArtifactCache, CacheEntry, UnkeptBuild } from '../../src/build/cache/artifact-cache.ts';
import { cachedBuilder, type CacheParts } from '../../src/build/cache/cached-builder.ts';
import { succeeded, type Outcome } from '../../src/model/outcome.ts';
import { FakeImageBuilder } from '../../src/runtime/fake/fake-image-builder.ts';
import type { FileHashes, TreeIndex } from '../../src/workspace/index/tree-index.ts';
import { recordingWork } from './recording-work.ts';

/** A cached builder whose files, base images and options the test changes. */
export class CachedBuild {
  readonly images = new FakeImageBuilder();
  readonly stored: CacheEntry[] = [];
  readonly built: string[] = [];
  files: Record<string, string> = { a: '1' };
  others: readonly string[] = [];
  baseImages: readonly string[] = [];
  options: Record<string, unknown> = { target: 'prod' };
  /** By the key of their entries. */
  readonly states = new Map<string, InputState>();
  unkept: UnkeptBuild | undefined;
  readonly elsewhere = new Map<string, string>();
  more: Partial<CacheParts> = {};
  saved = 0;
  /** Stands for the metadata of all files. */
  touched: readonly number[] = [];
  inputs: () => Outcome<ArtifactInputs> = () =>
    succeeded({
      folder: '/app',
      files: { matches: () => true, mayMatchBelow: () => true },
      others: this.others,
      baseImages: this.baseImages,
    });
  /** Runs during the build. */
  during: () => Outcome<BuiltArtifact> | void = () => undefined;
  #made = 0;

  readonly #index: TreeIndex = {
    hashes: async (_folder, selection): Promise<FileHashes> => {
      const files = Object.entries(this.files)
        .filter(([path]) => selection.matches(path))
        .sort();
      const { touched } = this;
      const metadata = () => touched;
      return await Promise.resolve({ digest: JSON.stringify(files), metadata, byPath: () => new Map(files) });
    },
    hash: async (path) => await Promise.resolve(this.files[path]),
    save: () => void this.saved++,
  };
  readonly #cache: ArtifactCache = {
    entries: () => this.stored,
    state: (_artifact, key) => this.states.get(key),
    unkept: () => this.unkept,
    setUnkept: (_artifact, unkept) => void (this.unkept = unkept),
    add: (_artifact, entry, state) => {
      const others = this.stored.filter(({ key }) => key !== entry.key);
      this.stored.splice(0, this.stored.length, entry, ...others);
      this.states.set(entry.key, { ...state });
      this.unkept = undefined;
    },
    artifacts: () => ['app'],
    remove: () => expect.unreachable(),
  };

  /** Puts an image where the builder keeps its images. */
  has(reference: string, id: string): void {
    this.images.images.set(reference, { id, files: new Map(), labels: {}, history: [], architecture: 'amd64' });
  }

  get inner(): Builder {
    return {
      build: async ({ reference }) => {
        this.built.push(reference);
        const end = this.during();
        if (end) return await Promise.resolve(end);
        const id = `sha256:made${++this.#made}`;
        this.has(reference, id);
        return succeeded({ id });
      },
      inputs: async () => await Promise.resolve(this.inputs()),
    };
  }

  async build(more: Partial<ArtifactBuild> = {}, signal?: AbortSignal): Promise<Outcome<BuiltArtifact>> {
    const parts: CacheParts = {
      ...{ cache: this.#cache, index: this.#index, images: this.images, artifact: 'app', options: this.options },
      ...{ elsewhere: this.elsewhere, ...this.more },
    };
    return await cachedBuilder(this.inner, parts).build(
      {
        ...{ image: 'app', reference: 'app:1', context: '/app', requires: [], platforms: [], options: {} },
        ...more,
      },
      recordingWork(signal).work,
    );
  }
}
