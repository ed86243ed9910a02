import type { StepType } from './step-type.ts';
import { containerStep } from './step-types/container.ts';
import { dockerStep } from './step-types/docker.ts';
import { helmPackageStep } from './step-types/helm-package.ts';
import { helmStep } from './step-types/helm.ts';
import { kubectlStep } from './step-types/kubectl.ts';
import { nugetPackageStep } from './step-types/nuget-package.ts';

/** Every step type by its key in the file. */
export const stepTypes: ReadonlyMap<string, StepType> = new Map([
  ['container', containerStep],
  ['docker', dockerStep],
  ['helm', helmStep],
  ['helm-package', helmPackageStep],
  ['kubectl', kubectlStep],
  ['nuget-package', nugetPackageStep],
]);
