import type { AppliedWorkload, ListedWorkload, LocalWorkload } from '../../local-deployments.ts';
import { allContainers } from './workload-layout.ts';

/**
 * Returns why a workload that exists has to be replaced, `undefined` if it is as specified.
 * @param images the id of each image now
 */
export function whyReplaced(
  existing: ListedWorkload,
  workload: LocalWorkload,
  images: ReadonlyMap<string, string>,
): AppliedWorkload['because'] {
  if (existing.digest !== workload.digest) return 'specification';
  const other = allContainers(workload).some(({ name, image }) => {
    const container = existing.containers.find((each) => each.name === name);
    return container !== undefined && !sameImage(container.imageId, images.get(image) ?? '');
  });
  if (other) return 'image';
  const ended = existing.containers.some(({ role, state }) => state === 'ended' && role !== 'init');
  const mayEnd = existing.ends || workload.restart.policy !== 'always';
  return !existing.complete || (ended && !mayEnd) ? 'incomplete' : undefined;
}

/** Podman lists ids without `sha256:`. */
function sameImage(a: string, b: string): boolean {
  return b === '' || a.replace(/^sha256:/, '') === b.replace(/^sha256:/, '');
}
