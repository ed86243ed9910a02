import { yamlCodes } from '../diagnostics/codes.ts';
import { problemsOf } from '../diagnostics/problem.ts';
import { artifactCodes } from './codes/artifacts.ts';
import { buildPlaceCodes } from './codes/build-places.ts';
import { unusedCodes } from './codes/unused.ts';
import { containerCodes } from './codes/containers.ts';
import { deployCodes } from './codes/deploys.ts';
import { configurationCodes } from './codes/configuration.ts';
import { tagCodes } from './codes/tags.ts';
import { testCodes } from './codes/tests.ts';
import { templateCodes } from './codes/templates.ts';
import { versionCodes } from './codes/versions.ts';

/** The codes of `skaffold.yaml`. */
export const skaffoldCodes = {
  ...configurationCodes,
  ...artifactCodes,
  ...buildPlaceCodes,
  ...versionCodes,
  ...unusedCodes,
  ...templateCodes,
  ...tagCodes,
  ...testCodes,
  ...deployCodes,
  ...containerCodes,
};

/** Returns the diagnostic of a code that a `skaffold.yaml` can have. */
export const problem = problemsOf({ ...yamlCodes, ...skaffoldCodes });
