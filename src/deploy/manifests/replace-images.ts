import { isTag, splitImageName } from '../../util/image-grammar.ts';
import type { Manifest } from '../kubernetes-object.ts';
import { changedFields, type FieldRules } from './field-rules.ts';
import { mapFields, type Field } from './map-fields.ts';

/** An image that a build made. */
export interface BuiltImage {
  /** What manifests call it, without a tag. */
  readonly name: string;
  /** What they get instead: with a tag, a digest or both. */
  readonly reference: string;
}

export interface ReplacedImages {
  readonly manifests: readonly Manifest[];
  /** The names of images that occur. */
  readonly replaced: ReadonlySet<string>;
}

/**
 * Puts built images in the place of their names. As in Skaffold, a name is compared as it is written, without its tag and in lower
 * case: `docker.io/library/web` is not `web`. A reference with a digest stays, because it asks for one image.
 *
 * Unlike Skaffold, it also replaces the images of containers in kinds that no rule knows, such as `ReplicationController`: such a name
 * is never one that a cluster could pull.
 */
export function replaceImages(
  manifests: readonly Manifest[],
  images: readonly BuiltImage[],
  rules: FieldRules,
): ReplacedImages {
  const references = new Map(images.map(({ name, reference }) => [name, reference]));
  const replaced = new Set<string>();
  const replace = ({ object, source }: Manifest): Manifest => {
    const { image, containersOnly } = changedFields(object, rules);
    const isImage = (field: Field) =>
      containersOnly ? isContainerImage(field) : image.has(field.path, field.name === 'image');
    const changed = mapFields(object, (field) => {
      if (typeof field.value !== 'string' || !isImage(field)) return field.value;
      const name = builtName(field.value);
      const reference = name === undefined ? undefined : references.get(name);
      if (name === undefined || reference === undefined) return field.value;
      replaced.add(name);
      return reference;
    });
    return changed === object ? { object, source } : { object: changed, source };
  };
  return { manifests: manifests.map(replace), replaced };
}

const containerLists: ReadonlySet<string | undefined> = new Set([
  'containers',
  'initContainers',
  'ephemeralContainers',
]);

function isContainerImage({ name, list }: Field): boolean {
  return name === 'image' && containerLists.has(list);
}

/** Returns the name of an image that may be built, without its tag. */
function builtName(text: string): string | undefined {
  const { name, tag, digest } = splitImageName(text);
  return digest !== undefined || (tag !== undefined && !isTag(tag)) ? undefined : name.toLowerCase();
}
