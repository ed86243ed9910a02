import type { KubernetesObject } from '../kubernetes-object.ts';
import type { BuiltImage } from './replace-images.ts';

/** Returns the built images that objects have, by name. So the image of another release does not change this one. */
export function usedImages(
  objects: readonly KubernetesObject[],
  images: readonly BuiltImage[],
): Readonly<Record<string, string>> {
  const texts = new Set<string>();
  for (const object of objects) addTexts(object, texts);
  return Object.fromEntries(
    images.filter(({ reference }) => texts.has(reference)).map(({ name, reference }) => [name, reference]),
  );
}

function addTexts(value: unknown, texts: Set<string>): void {
  if (typeof value === 'string') texts.add(value);
  else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) addTexts(item, texts);
}
