import { visible } from '../util/visible.ts';
import { imagesOf, type Artifact, type ImageArtifact } from '../model/artifact.ts';

/** Describes the images among the artifacts: `pushed registry.example/api:1 and 2 more`. Returns '' for none. */
export function describeImages(artifacts: readonly Artifact[]): string {
  return imagesOf(artifacts).map(describeImage).join(', ');
}

function describeImage({ references, pushed }: ImageArtifact): string {
  const names = pushed.length > 0 ? pushed.map(({ reference }) => reference) : references;
  const [first = ''] = names;
  return `${pushed.length > 0 ? 'pushed' : 'built'} ${visible(first)}${names.length > 1 ? ` and ${names.length - 1} more` : ''}`;
}
