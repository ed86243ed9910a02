import { dirname } from 'node:path';
import type { Report } from '../../diagnostics/problem.ts';
import { entryOf, itemsOf, textAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';
import type { Span } from '../../diagnostics/source-text.ts';
import type { Configuration } from '../config/configuration.ts';
import { problem } from '../problem.ts';
import type { ArtifactBuilder } from './artifact-spec.ts';
import { readCluster, type ClusterSection } from './cluster-section.ts';
import { readPlatforms } from './platform-decision.ts';
import type { BuildHooks } from '../../build/hooks/build-hooks.ts';
import { readHooks } from './read-hooks.ts';
import { readBuilder } from './read-builder.ts';

/** One artifact of a configuration, before it has a tag. */
export interface Artifact {
  readonly image: string;
  readonly at: Span;
  readonly configuration: Configuration;
  /** Absolute. */
  readonly context: string;
  /** Where paths are written, by the fields that failures name. */
  readonly writtenAt: Readonly<Record<string, Span>>;
  readonly requires: readonly { readonly image: string; readonly alias: string; readonly at: Span }[];
  readonly platforms: readonly string[];
  readonly builder: ArtifactBuilder;
  /** `build.cluster` of its configuration. */
  readonly cluster?: ClusterSection;
  readonly hooks?: BuildHooks;
}

export interface ArtifactRequest {
  /** Only artifacts whose image contains one of these, and those that they require. Empty: all. */
  readonly images: readonly string[];
  /** Of these, only the artifacts with one of these images, and those that they require. Absent: all of them. */
  readonly only?: ReadonlySet<string>;
  /** `build.cluster` does not count: the command line says to build elsewhere. */
  readonly withoutCluster?: boolean;
  /** Expands the Go template of a scalar. Reports what is wrong with it. */
  readonly expand: (node: Located, report: Report) => string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Returns the artifacts to build, in the order of the configurations. Reports every mistake in those that are selected, and in
 * what connects artifacts.
 */
export function readArtifacts(
  configurations: readonly Configuration[],
  request: ArtifactRequest,
  report: Report,
): readonly Artifact[] {
  const outlines = configurations.flatMap((configuration) => outlinesOf(configuration, request, report));
  const byImage = new Map<string, Outline>();
  for (const outline of outlines) {
    const first = byImage.get(outline.image);
    if (first)
      report(problem('S020', outline.at, { image: outline.image }, [{ message: 'the first one', at: first.at }]));
    else byImage.set(outline.image, outline);
  }
  const known = [...byImage.keys()];
  for (const { image: by, requires } of outlines)
    for (const { image, at } of requires) if (!byImage.has(image)) report(problem('S021', at, { image, by, known }));
  for (const circle of circles(byImage))
    report(problem('S022', circle[0]?.at, { circle: circle.map((one) => one.image) }));
  for (const image of request.images)
    if (!known.some((one) => one.includes(image))) report(problem('S025', undefined, { image, known }));
  const selected = selection(outlines, byImage, request);
  return outlines
    .filter(({ image }) => selected.has(image))
    .flatMap((outline) => whole(outline, request, report) ?? []);
}

/** An artifact without its builder. */
interface Outline extends Omit<Artifact, 'builder' | 'hooks'> {
  readonly node: Located;
}

function outlinesOf(
  configuration: Configuration,
  { withoutCluster }: Pick<ArtifactRequest, 'withoutCluster'>,
  report: Report,
): readonly Outline[] {
  const platforms = readPlatforms(valueAt(configuration.document, 'build', 'platforms'), report);
  const section = withoutCluster === true ? undefined : valueAt(configuration.document, 'build', 'cluster');
  const cluster = section && readCluster(section, dirname(configuration.file), report);
  return itemsOf(valueAt(configuration.document, 'build', 'artifacts')).map((node) => {
    const own = readPlatforms(valueAt(node, 'platforms'), report);
    return {
      node,
      configuration,
      ...(cluster && { cluster }),
      image: textAt(node, 'image') ?? '',
      at: (valueAt(node, 'image') ?? node).at,
      context: textAt(node, 'context') ?? '',
      writtenAt: writtenAt(node),
      platforms: own.length > 0 ? own : platforms,
      requires: itemsOf(valueAt(node, 'requires')).map((required) => ({
        image: textAt(required, 'image') ?? '',
        alias: textAt(required, 'alias') ?? '',
        at: (valueAt(required, 'image') ?? required).at,
      })),
    };
  });
}

function writtenAt(node: Located): Artifact['writtenAt'] {
  const dockerfile = valueAt(node, builderNameOf(node), 'dockerfile');
  const context = valueAt(node, 'context');
  return { ...(context && { context: context.at }), ...(dockerfile && { dockerfile: dockerfile.at }) };
}

function selection(
  outlines: readonly Outline[],
  byImage: ReadonlyMap<string, Outline>,
  { images, only }: Pick<ArtifactRequest, 'images' | 'only'>,
): ReadonlySet<string> {
  const selected = new Set<string>();
  const add = ({ image, requires }: Outline): void => {
    if (selected.has(image)) return;
    selected.add(image);
    for (const required of requires) {
      const other = byImage.get(required.image);
      if (other) add(other);
    }
  };
  for (const outline of outlines)
    if (isSelected(outline.image, images) && only?.has(outline.image) !== false) add(outline);
  return selected;
}

/** Reports whether `--build-image` selects an image. */
export function isSelected(image: string, images: readonly string[]): boolean {
  return images.length === 0 || images.some((part) => image.includes(part));
}

/** Returns the images of all artifacts. */
export function artifactImages(configurations: readonly Configuration[]): readonly string[] {
  return configurations.flatMap(({ document }) =>
    itemsOf(valueAt(document, 'build', 'artifacts')).map((node) => textAt(node, 'image') ?? ''),
  );
}

/** Returns one circle for each artifact that closes one, as a path that ends where it begins. */
function circles(byImage: ReadonlyMap<string, Outline>): readonly (readonly Outline[])[] {
  const found: Outline[][] = [];
  const done = new Set<Outline>();
  const path: Outline[] = [];
  const visit = (outline: Outline): void => {
    const at = path.indexOf(outline);
    if (at >= 0) return void found.push([...path.slice(at), outline]);
    if (done.has(outline)) return;
    path.push(outline);
    for (const { image } of outline.requires) {
      const next = byImage.get(image);
      if (next) visit(next);
    }
    path.pop();
    done.add(outline);
  };
  for (const outline of byImage.values()) visit(outline);
  return found;
}

const builders = ['docker', 'custom', 'jib', 'ko', 'bazel', 'buildpacks', 'kaniko'] as const;

function builderNameOf(node: Located): (typeof builders)[number] {
  return builders.find((one) => entryOf(node, one) !== undefined) ?? 'docker';
}

function whole({ node, ...outline }: Outline, request: ArtifactRequest, report: Report): Artifact | undefined {
  const name = builderNameOf(node);
  const options = valueAt(node, name) ?? node;
  const hooks = readHooks(node, report);
  const folder = dirname(outline.configuration.file);
  const local = valueAt(outline.configuration.document, 'build', 'local');
  const buildkit = textAt(local, 'useBuildkit');
  const builder = readBuilder(name, options, {
    ...{ ...request, context: outline.context, folder, report },
    ...(buildkit && { buildkit: buildkit === 'true' }),
  });
  return builder && { ...outline, builder, ...(hooks && { hooks }) };
}
