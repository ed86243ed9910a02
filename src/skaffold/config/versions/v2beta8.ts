import { editMaps, entryOf, scalar, withEntry } from '../../../diagnostics/yaml/edit.ts';
import type { LocatedMap } from '../../../diagnostics/yaml/located.ts';
import { listOf, text, typed } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';
import { eachPipeline } from './each-pipeline.ts';

export const v2beta8: ConfigVersion = {
  name: 'v2beta8',
  changes: {
    Sync: { fields: { auto: { shape: typed('Auto'), keepsZero: true, oneOf: 'sync' } } },
    Auto: { label: 'automatic file sync', fields: {} },
    Artifact: { without: ['requires'] },
    ArtifactDependency: null,
    JibArtifact: { without: ['fromImage'] },
    KanikoCache: { without: ['ttl'] },
    KanikoArtifact: {
      fields: { flags: { shape: listOf(text) } },
      without: [
        'cleanup',
        'insecure',
        'insecurePull',
        'noPush',
        'force',
        'logTimestamp',
        'singleSnapshot',
        'skipTLSVerifyPull',
        'skipUnusedStages',
        'useNewRun',
        'whitelistVarRun',
        'digestFile',
        'imageNameWithDigestFile',
        'logFormat',
        'ociLayoutPath',
        'registryMirror',
        'snapshotMode',
        'tarPath',
        'verbosity',
        'insecureRegistry',
        'skipTLSVerifyRegistry',
        'registryCertificate',
        'label',
      ],
    },
  },
  upgrade: (document) =>
    eachPipeline(document, (pipeline) => editMaps(pipeline, ['build', 'artifacts', '*', 'sync'], withFlag)),
};

function withFlag(sync: LocatedMap): LocatedMap {
  const auto = entryOf(sync, 'auto')?.value;
  return auto ? withEntry(sync, 'auto', scalar(true, auto.at)) : sync;
}
