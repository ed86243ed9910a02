import { text, typed } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';

export const v2beta7: ConfigVersion = {
  name: 'v2beta7',
  changes: {
    LocalBuild: { without: ['tryImportMissing'] },
    DockerArtifact: { without: ['secret'] },
    DockerSecret: null,
    KubectlDeploy: { without: ['defaultNamespace'] },
    KustomizeDeploy: { without: ['defaultNamespace'] },
    HelmRelease: { without: ['createNamespace'] },
    KptDeploy: { fields: { dir: { shape: text }, applyDir: { shape: text } } },
    KptFn: { without: ['sinkDir'] },
    KptLive: {
      fields: {
        apply: { shape: typed('KptLiveApply') },
        inventoryID: { shape: text },
        inventoryNamespace: { shape: text },
      },
      without: ['options'],
    },
    KptLiveApply: {
      label: 'kpt apply options',
      fields: {
        pollPeriod: { shape: text },
        prunePropagationPolicy: { shape: text },
        pruneTimeout: { shape: text },
        reconcileTimeout: { shape: text },
      },
    },
    KptApplyInventory: null,
    KptApplyOptions: null,
  },
};
