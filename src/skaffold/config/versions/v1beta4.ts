import { editMaps, entryOf, scalar, withEntry } from '../../../diagnostics/yaml/edit.ts';
import { boolean } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';
import { eachPipeline } from './each-pipeline.ts';

export const v1beta4: ConfigVersion = {
  name: 'v1beta4',
  changes: {
    BuildConfig: { without: ['executionEnvironment'] },
    ExecutionEnvironment: null,
    Artifact: { without: ['plugin'] },
    BuilderPlugin: null,
    JibMavenArtifact: { without: ['args'] },
    JibGradleArtifact: { without: ['args'] },
    LocalBuild: { fields: { useBuildkit: { shape: boolean } } },
  },
  // Up to here, no `useBuildkit` means no BuildKit. Later, the engine decides.
  upgrade: (document) =>
    eachPipeline(document, (pipeline) =>
      editMaps(pipeline, ['build', 'local'], (local) =>
        entryOf(local, 'useBuildkit') ? local : withEntry(local, 'useBuildkit', scalar(false, local.at)),
      ),
    ),
};
