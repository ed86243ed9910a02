import { mapOf, text, type Field } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';

/** Later versions also take maps in maps. */
const values: Field = { shape: mapOf(text) };

export const v2beta5: ConfigVersion = {
  name: 'v2beta5',
  changes: {
    TagPolicy: { without: ['customTemplate'] },
    TaggerComponent: null,
    CustomTemplateTagger: null,
    GoogleCloudBuild: { without: ['workerPool'] },
    DeployConfig: { without: ['logs'] },
    LogsConfig: null,
    HelmRelease: { fields: { artifactOverrides: values, setValues: values, setValueTemplates: values } },
  },
};
