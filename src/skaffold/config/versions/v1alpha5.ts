import { editMaps, entryOf, withoutEntry } from '../../../diagnostics/yaml/edit.ts';
import { text, typed } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';
import { eachPipeline } from './each-pipeline.ts';
import { problem } from './version-problem.ts';

export const v1alpha5: ConfigVersion = {
  name: 'v1alpha5',
  changes: {
    BuildConfig: { fields: { acr: { shape: typed('AzureContainerBuild'), keepsZero: true, oneOf: 'build' } } },
    AzureContainerBuild: {
      label: 'an Azure build',
      fields: {
        subscriptionId: { shape: text },
        clientId: { shape: text },
        clientSecret: { shape: text },
        tenantId: { shape: text },
      },
    },
    KanikoBuild: { without: ['cache'] },
    KanikoCache: null,
    BazelArtifact: { without: ['args'] },
  },
  upgrade: (document, report) =>
    eachPipeline(document, (pipeline) =>
      editMaps(pipeline, ['build'], (build) => {
        const acr = entryOf(build, 'acr');
        if (!acr) return build;
        report(
          problem('S040', acr.keyAt, {
            field: '`build.acr`',
            why: 'newer versions do not build with Azure Container Registry',
            help: 'remove `acr`, and build with `local`, `cluster` or `googleCloudBuild`',
          }),
        );
        return withoutEntry(build, 'acr');
      }),
    ),
};
