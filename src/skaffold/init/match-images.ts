import { posix } from 'node:path';
import type {
  InitAnswers,
  InitQuestion,
  PlannedArtifact,
  ProjectBuilder,
  ProjectImage,
} from '../../engine/project-initializer.ts';
import { quoted } from '../../util/visible.ts';
import { comparedName, fitOf, type ComparedName } from './compared-name.ts';

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
 * What is left is a question: several are equally good, or none fits. If others fit, it need not be answered.
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
  /** Higher is better. */
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
    const names = new BuilderNames(this.#builders);
    let all = this.#images.flatMap((image) => names.candidates(image));
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
    const own = this.#images.filter(({ pinned }) => !pinned);
    const images = own.length > 0 ? own : this.#images;
    const held = new Set(this.#questions.flatMap(({ candidates }) => candidates));
    const builders = this.#builders.filter((builder) => !held.has(builder));
    const mains = builders.filter((builder) => builder.type !== 'docker' || !builder.isVariant);
    const isFirst = this.#artifacts.length === 0 && this.#questions.length === 0;
    const [image, builder] = [images[0], (mains.length > 0 ? mains : builders)[0]];
    if (!image || !builder) return;
    if (isFirst && images.length === 1 && (mains.length === 1 || builders.length === 1)) {
      this.pair(image, builder, 'it is the only builder, and the image the only one without a builder');
      return;
    }
    // Images with a version are those of others.
    for (const one of isFirst ? images : own) {
      this.#questions.push({
        ...{ kind: 'builder', image: one, candidates: builders, isOptional: !isFirst },
        why: 'no folder or file has a name like that',
      });
      if (isFirst) this.#images = this.#images.filter((other) => other !== one);
    }
  }

  result(): MatchedImages {
    return {
      artifacts: this.#artifacts.toSorted((a, b) => a.at - b.at).map(({ at: _at, ...artifact }) => artifact),
      questions: this.#questions,
      unmatched: [...this.#images, ...this.#refused],
      unused: this.#builders.filter(
        (builder) => !this.#questions.some((one) => !one.isOptional && one.candidates.includes(builder)),
      ),
    };
  }

  #ask(image: ProjectImage, candidates: readonly ProjectBuilder[], why: string): void {
    this.#questions.push({ kind: 'builder', image, candidates, why, isOptional: false });
    this.#images = this.#images.filter((one) => one !== image);
  }
}

function groupsOf<Part extends 'image' | 'builder'>(all: readonly Candidate[], part: Part) {
  const groups = new Map<Candidate[Part], Candidate[]>();
  for (const one of all) {
    const group = groups.get(one[part]);
    if (group) group.push(one);
    else groups.set(one[part], [one]);
  }
  return groups;
}

/** How well a name fits, from the best. The name of a variant fits less than that of the main Dockerfile. */
const scores = { same: 800, alike: 600, words: 400 };
const typeScores: Readonly<Record<ProjectBuilder['type'], number>> = { docker: 3, jib: 2, buildpacks: 1, ko: 0 };

interface IndexedName {
  readonly builder: ProjectBuilder;
  readonly name: ComparedName;
  /** The worse the higher. */
  readonly rank: number;
}

/** The names of all builders, by their parts: a large project has many images and builders, and few of them fit. */
class BuilderNames {
  readonly #byPart = new Map<string, IndexedName[]>();

  constructor(builders: readonly ProjectBuilder[]) {
    for (const builder of builders)
      for (const [rank, text] of builder.names.entries()) {
        const name = comparedName(text);
        for (const part of new Set([name.plain, ...name.words])) {
          const names = this.#byPart.get(part);
          if (names) names.push({ builder, name, rank });
          else this.#byPart.set(part, [{ builder, name, rank }]);
        }
      }
  }

  candidates(image: ProjectImage): readonly Candidate[] {
    const last = comparedName(posix.basename(image.name));
    const above = image.name.toLowerCase().split('/').slice(0, -1);
    const best = new Map<ProjectBuilder, Candidate>();
    for (const part of new Set([last.plain, ...last.words]))
      for (const { builder, name, rank } of this.#byPart.get(part) ?? []) {
        const fit = fitOf(last, name);
        if (fit === undefined) continue;
        const isVariant = builder.type === 'docker' && builder.isVariant;
        const own = scores[fit] + typeScores[builder.type] - 20 * Math.min(rank, 5) - (isVariant ? 10 : 0);
        const score = own + 5 * sharedFolders(above, builder);
        const why = `${fit === 'words' ? 'its name contains the words of' : 'named after'} ${quoted(name.text)}`;
        if (score > (best.get(builder)?.score ?? 0)) best.set(builder, { image, builder, score, why });
      }
    return [...best.values()];
  }
}

/** Returns how many folders above the last part are the same: `shop/api/web` and `api/web/Dockerfile` share one. At most 3. */
function sharedFolders(above: readonly string[], builder: ProjectBuilder): number {
  if (above.length === 0) return 0;
  const folders = posix.dirname(builder.path).toLowerCase().split('/');
  return Math.min(3, above.filter((part) => folders.includes(part)).length);
}
