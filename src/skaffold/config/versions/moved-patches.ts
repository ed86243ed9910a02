/** JSON patches of profiles, whose paths name fields that v2beta29 is the last version to have. */
import { itemsOf, entryOf, scalar, textAt, valueAt, withEntry } from '../../../diagnostics/yaml/edit.ts';
import type { Located, LocatedMap } from '../../../diagnostics/yaml/located.ts';
import { imageTemplates } from './image-templates.ts';

const moves = [
  ['/deploy/kubectl/manifests', '/manifests/rawYaml'],
  ['/deploy/kustomize/paths', '/manifests/kustomize/paths'],
  ['/deploy/kustomize/buildArgs', '/manifests/kustomize/buildArgs'],
  ['/deploy/helm', '/manifests/helm'],
] as const;

const imageOverride = /\/deploy\/helm\/releases\/(\d+)\/artifactOverrides\/image/;

/**
 * Returns the patches with new paths. Patches of Helm releases stand twice, because releases do, and the second ones at the
 * end. An image is patched only for rendering, as it is in Skaffold.
 * @param helm the Helm deployer that the patches apply to
 */
export function movedPatches(patches: readonly Located[], helm: Located | undefined): readonly Located[] {
  const moved: Located[] = [];
  const images: Located[] = [];
  const repeated: Located[] = [];
  for (const patch of patches) {
    const path = textAt(patch, 'path');
    if (patch.kind !== 'map' || path === undefined) {
      moved.push(patch);
      continue;
    }
    const index = imageOverride.exec(path)?.[1];
    if (index !== undefined && helm) {
      const [first, ...others] = imagePatches(patch, path, itemsOf(valueAt(helm, 'releases'))[Number(index)]);
      moved.push(first ?? patch);
      images.push(...others);
      continue;
    }
    const keeps = index !== undefined || path.includes('/deploy/helm/hooks');
    moved.push(keeps ? patch : withPath(patch, movedPath(path)));
    if (path.includes('/deploy/helm') && !path.includes('/deploy/helm/hooks')) repeated.push(patch);
  }
  return [...moved, ...images, ...repeated];
}

function movedPath(path: string): string {
  return moves.reduce((moved, [from, to]) => moved.replaceAll(from, to), path);
}

function withPath(patch: LocatedMap, path: string): LocatedMap {
  const at = entryOf(patch, 'path')?.value.at ?? patch.at;
  return withEntry(patch, 'path', scalar(path, at));
}

/** Returns a patch of `artifactOverrides` as patches of the templates. */
function imagePatches(patch: LocatedMap, path: string, release: Located | undefined): readonly LocatedMap[] {
  const base = path.replaceAll('/deploy/helm', '/manifests/helm').replaceAll('artifactOverrides', 'setValueTemplates');
  const value = entryOf(patch, 'value')?.value;
  return imageTemplates(textAt(value) ?? '', release).map(([suffix, template]) => {
    const moved = withPath(patch, base + suffix);
    return value ? withEntry(moved, 'value', scalar(template, value.at)) : moved;
  });
}
