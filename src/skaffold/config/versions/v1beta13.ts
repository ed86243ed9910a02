import {
  editMaps,
  entryOf,
  itemsOf,
  list,
  mapFrom,
  replaced,
  scalar,
  withEntry,
} from '../../../diagnostics/yaml/edit.ts';
import type { Located, LocatedMap } from '../../../diagnostics/yaml/located.ts';
import { listOf, text, typed } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';
import { eachPipeline } from './each-pipeline.ts';

export const v1beta13: ConfigVersion = {
  name: 'v1beta13',
  changes: {
    GoogleCloudBuild: { without: ['kanikoImage', 'concurrency'] },
    ClusterDetails: { without: ['concurrency'] },
    Artifact: {
      fields: {
        jibMaven: { shape: typed('JibMavenArtifact'), keepsZero: true, oneOf: 'artifact' },
        jibGradle: { shape: typed('JibGradleArtifact'), keepsZero: true, oneOf: 'artifact' },
      },
      without: ['jib'],
    },
    JibArtifact: null,
    JibMavenArtifact: {
      label: 'a Jib Maven artifact',
      fields: { module: { shape: text }, profile: { shape: text }, args: { shape: listOf(text) } },
    },
    JibGradleArtifact: {
      label: 'a Jib Gradle artifact',
      fields: { project: { shape: text }, args: { shape: listOf(text) } },
    },
  },
  upgrade: (document) => eachPipeline(document, (pipeline) => editMaps(pipeline, ['build', 'artifacts', '*'], withJib)),
};

/** Maven wins over Gradle, as it does in Skaffold. */
function withJib(artifact: LocatedMap): LocatedMap {
  const maven = entryOf(artifact, 'jibMaven')?.value;
  if (maven?.kind === 'map') return replaced(artifact, 'jibMaven', 'jib', ofType(fromMaven(maven), 'maven'));
  const gradle = entryOf(artifact, 'jibGradle')?.value;
  return gradle?.kind === 'map' ? replaced(artifact, 'jibGradle', 'jib', ofType(gradle, 'gradle')) : artifact;
}

function fromMaven(maven: LocatedMap): LocatedMap {
  const args = entryOf(maven, 'args')?.value;
  const profile = entryOf(maven, 'profile')?.value;
  return mapFrom({ project: entryOf(maven, 'module')?.value, args: withProfile(args, profile) }, maven.at);
}

function withProfile(args: Located | undefined, profile: Located | undefined): Located | undefined {
  if (!profile) return args;
  return list([...itemsOf(args), scalar('--activate-profiles', profile.at), profile], args?.at ?? profile.at);
}

function ofType(jib: LocatedMap, type: string): LocatedMap {
  return withEntry(jib, 'type', scalar(type, jib.at));
}
