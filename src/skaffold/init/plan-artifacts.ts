import { posix } from 'node:path';
import type {
  InitAnswers,
  InitQuestion,
  LeftOut,
  PlannedArtifact,
  ProjectBuilder,
  ProjectFindings,
  ProjectImage,
} from '../../engine/project-initializer.ts';
import { imageWord } from './builder-names.ts';
import { matchImages } from './match-images.ts';
import { withRequired } from './required-artifacts.ts';

export interface PlannedArtifacts {
  readonly artifacts: readonly PlannedArtifact[];
  readonly unmatched: readonly ProjectImage[];
  readonly questions: readonly InitQuestion[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Decides which images are built, and by what. Without manifests every builder makes an image that is named after its folder. With
 * manifests only the images in them are built, and what a flag asked for.
 */
export function planArtifacts(
  { images, builders }: Pick<ProjectFindings, 'images' | 'builders'>,
  answers: InitAnswers['builders'],
): PlannedArtifacts {
  const given = builders.filter(({ asked }) => asked === '--artifact');
  const named = new Set(given.map(({ image }) => image));
  const others = builders.filter(({ asked }) => asked !== '--artifact');
  const free = images.filter(({ name }) => !named.has(name));
  const { artifacts, questions, unmatched, unused } = matchImages(free, others, answers);
  const asked = [...given, ...unused.filter((builder) => builder.asked === '--compose-file')].map((builder) => ({
    ...{ builder, image: builder.image ?? imageWord(builder.names[0] ?? '') },
    why: `${builder.imageFrom ?? builder.path} names it`,
  }));
  const rest = unused.filter((builder) => builder.asked === undefined);
  const isAlone = images.length === 0;
  const { mains, variants } = withoutVariants(rest);
  return {
    artifacts: withRequired([...artifacts, ...asked, ...(isAlone ? namedAfterFolders(mains) : [])]),
    ...{ unmatched, questions },
    leftOut: (isAlone ? variants : rest).map((builder) => ({
      what: builder.path,
      why: isAlone ? 'the folder has another Dockerfile' : 'no image that a manifest runs was matched with it',
      ...(builder.type === 'docker' && { help: 'to build it, add it to `build.artifacts` of the file' }),
    })),
  };
}

/** Separates what is only another way to build the image of a folder. */
function withoutVariants(builders: readonly ProjectBuilder[]) {
  const isVariant = (builder: ProjectBuilder) => builder.type === 'docker' && builder.isVariant;
  const folderOf = ({ path }: ProjectBuilder) => posix.dirname(path);
  const folders = new Map<string, ProjectBuilder>();
  for (const builder of builders) {
    const known = folders.get(folderOf(builder));
    if (!known || (isVariant(known) && !isVariant(builder))) folders.set(folderOf(builder), builder);
  }
  const isMain = (builder: ProjectBuilder) => !isVariant(builder) || folders.get(folderOf(builder)) === builder;
  return { mains: builders.filter(isMain), variants: builders.filter((builder) => !isMain(builder)) };
}

/** Names each image after what is special about its builder. The first name that no other one has. */
function namedAfterFolders(builders: readonly ProjectBuilder[]): readonly PlannedArtifact[] {
  const taken = new Set(builders.flatMap(({ image }) => image ?? []));
  return builders.map((builder) => {
    if (builder.image !== undefined)
      return { image: builder.image, builder, why: `${builder.imageFrom ?? builder.path} names it` };
    const words = builder.names.map(imageWord);
    const numbered = Array.from({ length: taken.size + 1 }, (_, i) => `${words[0] ?? 'app'}-${i + 2}`);
    const image = [...words, ...numbered].find((word) => !taken.has(word)) ?? 'app';
    taken.add(image);
    return { image, builder, why: 'no manifest names an image, so it is named after the folder' };
  });
}
