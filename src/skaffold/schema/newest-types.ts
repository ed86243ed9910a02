import type { TypeShapes } from '../config/shape/shape.ts';
import { artifactTypes } from './types/artifacts.ts';
import { buildTypes } from './types/build.ts';
import { deployTypes } from './types/deploy.ts';
import { documentTypes } from './types/document.ts';
import { googleCloudBuildTypes } from './types/google-cloud-build.ts';
import { helmTypes } from './types/helm.ts';
import { hookTypes } from './types/hooks.ts';
import { kanikoTypes } from './types/kaniko.ts';
import { manifestTypes } from './types/manifests.ts';
import { syncTypes } from './types/sync.ts';
import { tagTypes } from './types/tags.ts';
import { testTypes } from './types/tests.ts';
import { verifyTypes } from './types/verify.ts';

/** The newest version, as `apiVersion` has it after `skaffold/`. */
export const newestVersion = 'v4beta14';

/** The types of the newest version. Order of fields: that of Skaffold, whose output has it too. */
export const newestTypes: TypeShapes = {
  ...documentTypes,
  ...buildTypes,
  ...artifactTypes,
  ...kanikoTypes,
  ...googleCloudBuildTypes,
  ...tagTypes,
  ...syncTypes,
  ...testTypes,
  ...manifestTypes,
  ...helmTypes,
  ...deployTypes,
  ...verifyTypes,
  ...hookTypes,
};
