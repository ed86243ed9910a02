import { visible } from '../util/visible.ts';
import { imagesOf, type Artifact, type ImageArtifact } from '../model/artifact.ts';

/**
 * Describes the images among the artifacts: `pushed registry.example/api:1 and 2 more`. Adds the image's name if the
 * first reference does not show it: `pushed api as registry.example/shop:1`. Returns '' for none.
 */
export function describeImages(artifacts: readonly Artifact[]): string {
  return imagesOf(artifacts).map(describeImage).join(', ');
}

function describeImage({ name, references, pushed, cache }: ImageArtifact): string {
  const names = pushed.length > 0 ? pushed.map(({ reference }) => reference) : references;
  const [first = ''] = names;
  const said = name === undefined || shows(first, name) ? '' : `${visible(name)} as `;
  const cached = cache && 'hit' in cache;
  const verb = pushed.length === 0 ? (cached ? 'cached' : 'built') : cached ? 'cached and pushed' : 'pushed';
  const missed = cache && 'missed' in cache ? `   missed: ${visible(cache.missed)}` : '';
  return `${verb} ${said}${visible(first)}${names.length > 1 ? ` and ${names.length - 1} more` : ''}${missed}`;
}

/** Reports whether a reference ends with the name, before its tag. References have no upper case. */
function shows(reference: string, name: string): boolean {
  const parts = name
    .toLowerCase()
    .split('/')
    .filter((part) => part !== '');
  const repository = reference.replace(/:[^:/]*$/, '');
  return `/${repository}`.endsWith(`/${parts.join('/')}`);
}
