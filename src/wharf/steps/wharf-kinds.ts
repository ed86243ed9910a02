import { StepKinds } from '../../steps/step-kind.ts';
import { containerKind } from './kinds/container.ts';
import { dockerKind } from './kinds/docker.ts';
import { helmPackageKind } from './kinds/helm-package.ts';
import { helmKind } from './kinds/helm.ts';
import { kubectlKind } from './kinds/kubectl.ts';
import { nugetPackageKind } from './kinds/nuget-package.ts';

/** All step kinds of `.wharf-ci.yml`. */
export const wharfKinds = new StepKinds([
  containerKind,
  dockerKind,
  helmKind,
  helmPackageKind,
  kubectlKind,
  nugetPackageKind,
]);
