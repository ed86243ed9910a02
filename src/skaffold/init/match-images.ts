import { posix } from 'node:path';
import type {
  InitAnswers,
  InitQuestion,
  PlannedArtifact,
  ProjectBuilder,
  ProjectImage,
} from '../../engine/project-initializer.ts';
import { quoted } from '../../util/visible.ts';

export interface MatchedImages {
  readonly artifacts: readonly PlannedArtifact[];
  readonly questions: readonly Extract<InitQuestion, { kind: 'builder' }>[];
  readonly unmatched: readonly ProjectImage[];
  readonly unused: readonly ProjectBuilder[];
}

/**
 * Matches images with the builders that make them. Only a match that is the best one for both is certain:
 * 1. an answer of the user;
 * 2. the image that the project itself names;
 * 3. the last part of the image's name is that of the folder or of the Dockerfile (`web` for `web/Dockerfile`, `Dockerfile.web`);
 * 4. the same, with other separators or with more words (`shop-web`);
 * 5. one image and one builder, and nothing else.
 * What is left is a question if several are equally good, or if nothing fits at all.
 */
export function matchImages(
  images: readonly ProjectImage[],
  builders: readonly ProjectBuilder[],
  answers: InitAnswers['builders'],
): MatchedImages {
  const matching = new Matching(images, builders);
  for (const image of images) {
    const answer = answers.get(image.name);
    if (answer === null) matching.refuse(image);
    else if (answer) matching.pair(image, answer, 'you chose it');
  }
  matching.byImage();
  matching.byName();
  matching.byExclusion();
  return matching.result();
}

interface Candidate {
  readonly image: ProjectImage;
  readonly builder: ProjectBuilder;
  readonly score: number;
  readonly why: string;
}

class Matching {
  readonly #artifacts: (PlannedArtifact & { readonly at: number })[] = [];
  readonly #questions: Extract<InitQuestion, { kind: 'builder' }>[] = [];
  readonly #refused: ProjectImage[] = [];
  readonly #all: readonly ProjectImage[];
  #images: readonly ProjectImage[];
  #builders: readonly ProjectBuilder[];

  constructor(images: readonly ProjectImage[], builders: readonly ProjectBuilder[]) {
    this.#all = images;
    this.#images = images;
    this.#builders = builders;
  }

  pair(image: ProjectImage, builder: ProjectBuilder, why: string): void {
    this.#artifacts.push({ image: image.name, builder, why, at: this.#all.indexOf(image) });
    this.#images = this.#images.filter((one) => one !== image);
    this.#builders = this.#builders.filter((one) => one !== builder);
  }

  refuse(image: ProjectImage): void {
    this.#refused.push(image);
    this.#images = this.#images.filter((one) => one !== image);
  }

  byImage(): void {
    for (const image of this.#images) {
      const named = this.#builders.filter((builder) => builder.image === image.name);
      const [builder] = named;
      if (builder && named.length === 1) this.pair(image, builder, `${builder.imageFrom ?? builder.path} names it`);
    }
  }

  /** The best matches are made first. What they use, or what is asked about, is not there for the others. */
  byName(): void {
    let all = this.#images.flatMap((image) => this.#builders.flatMap((builder) => candidate(image, builder) ?? []));
    while (all.length > 0) {
      const score = all.reduce((most, one) => Math.max(most, one.score), 0);
      const best = all.filter((one) => one.score === score);
      const [images, builders] = [groupsOf(best, 'image'), groupsOf(best, 'builder')];
      const used = new Set<ProjectImage | ProjectBuilder>();
      for (const { image, builder, why } of best) {
        if (images.get(image)?.length !== 1 || builders.get(builder)?.length !== 1) continue;
        this.pair(image, builder, why);
        used.add(image).add(builder);
      }
      for (const [image, ones] of used.size > 0 ? [] : images) {
        const candidates = ones.map(({ builder }) => builder);
        const why = candidates.length > 1 ? 'several builders fit' : 'the builder that fits also fits other images';
        this.#ask(image, candidates, why);
        for (const part of [image, ...candidates]) used.add(part);
      }
      all = all.filter((one) => !used.has(one.image) && !used.has(one.builder));
    }
  }

  byExclusion(): void {
    const [image, ...otherImages] = this.#images;
    const mains = this.#builders.filter((builder) => builder.type !== 'docker' || !builder.isVariant);
    const [builder, ...otherBuilders] = mains.length > 0 ? mains : this.#builders;
    if (!image || !builder || this.#artifacts.length > 0 || this.#questions.length > 0) return;
    if (otherImages.length === 0 && otherBuilders.length === 0) {
      this.pair(image, builder, 'it is the only image, and this the only builder');
      return;
    }
    for (const one of this.#images.filter(({ pinned }) => !pinned))
      this.#ask(one, this.#builders, 'no name of a folder or file is like that of the image');
  }

  result(): MatchedImages {
    return {
      artifacts: this.#artifacts.toSorted((a, b) => a.at - b.at).map(({ at: _at, ...artifact }) => artifact),
      questions: this.#questions,
      unmatched: [...this.#images, ...this.#refused],
      unused: this.#builders.filter((builder) => !this.#questions.some((one) => one.candidates.includes(builder))),
    };
  }

  #ask(image: ProjectImage, candidates: readonly ProjectBuilder[], why: string): void {
    this.#questions.push({ kind: 'builder', image, candidates, why });
    this.#images = this.#images.filter((one) => one !== image);
  }
}

function groupsOf<Part extends 'image' | 'builder'>(all: readonly Candidate[], part: Part) {
  const groups = new Map<Candidate[Part], Candidate[]>();
  for (const one of all) groups.set(one[part], [...(groups.get(one[part]) ?? []), one]);
  return groups;
}

/** Words that many names of images have. */
const plainWords = new Set(
  [
    'app',
    'application',
    'service',
    'svc',
    'server',
    'image',
    'docker',
    'demo',
    'example',
    'the',
    'k8s',
    'skaffold',
  ].concat(['container', 'project', 'dev', 'prod', 'test', 'sample']),
);

/** How well a name fits, from the best. The name of a variant fits less than that of the main Dockerfile. */
const scores = { same: 800, alike: 600, words: 400 };
const typeScores: Readonly<Record<ProjectBuilder['type'], number>> = { docker: 3, jib: 2, buildpacks: 1, ko: 0 };

function candidate(image: ProjectImage, builder: ProjectBuilder): Candidate | undefined {
  const last = posix.basename(image.name);
  const fits = builder.names.flatMap((name, i) => {
    const fit = fitOf(last, name);
    return fit === undefined ? [] : [{ name, fit, score: scores[fit] - 20 * Math.min(i, 5) }];
  });
  const [best] = fits.toSorted((a, b) => b.score - a.score);
  if (!best) return undefined;
  const isVariant = builder.type === 'docker' && builder.isVariant;
  const score = best.score + typeScores[builder.type] - (isVariant ? 10 : 0) + 5 * sharedFolders(image, builder);
  const isSame = best.fit !== 'words';
  const why = isSame ? `named after ${quoted(best.name)}` : `its name has the words of ${quoted(best.name)}`;
  return { image, builder, score, why };
}

function fitOf(last: string, name: string): keyof typeof scores | undefined {
  const [a, b] = [last.toLowerCase(), name.toLowerCase()];
  if (a === b) return 'same';
  if (plain(a) === plain(b)) return 'alike';
  const [inImage, inName] = [wordsOf(a), wordsOf(b)];
  if (inImage.length === 0 || inName.length === 0) return undefined;
  const isWithin = (words: readonly string[], others: readonly string[]) =>
    words.every((word) => others.includes(word));
  return isWithin(inName, inImage) || isWithin(inImage, inName) ? 'words' : undefined;
}

function plain(name: string): string {
  return name.replace(/[^a-z\d]/g, '');
}

function wordsOf(name: string): readonly string[] {
  return name.split(/[^a-z\d]+/).filter((word) => word !== '' && !plainWords.has(word));
}

/** Returns how many folders above the last part are the same: `shop/api/web` and `api/web/Dockerfile` share one. At most 3. */
function sharedFolders(image: ProjectImage, builder: ProjectBuilder): number {
  const parts = image.name.toLowerCase().split('/').slice(0, -1);
  const folders = posix.dirname(builder.path).toLowerCase().split('/');
  return Math.min(3, parts.filter((part) => folders.includes(part)).length);
}
