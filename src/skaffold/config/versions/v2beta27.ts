import { editMaps, entryOf, withEntry, withoutEntry } from '../../../diagnostics/yaml/edit.ts';
import type { LocatedMap } from '../../../diagnostics/yaml/located.ts';
import { listOf, text } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';
import { eachPipeline } from './each-pipeline.ts';

export const v2beta27: ConfigVersion = {
  name: 'v2beta27',
  changes: {
    SkaffoldConfig: { without: ['resourceSelector'] },
    Profile: { without: ['resourceSelector'] },
    ResourceSelectorConfig: null,
    ResourceFilter: null,
    KoArtifact: { fields: { platforms: { shape: listOf(text) } } },
  },
  upgrade: (document) =>
    eachPipeline(document, (pipeline) => editMaps(pipeline, ['build', 'artifacts', '*'], withPlatforms)),
};

/** The platforms of `ko` win over those of the artifact, as they do in Skaffold. */
function withPlatforms(artifact: LocatedMap): LocatedMap {
  const ko = entryOf(artifact, 'ko');
  const platforms = entryOf(ko?.value, 'platforms');
  if (ko?.value.kind !== 'map' || !platforms) return artifact;
  const rest = withEntry(artifact, 'ko', withoutEntry(ko.value, 'platforms'));
  return withEntry(rest, 'platforms', platforms.value, platforms.keyAt);
}
