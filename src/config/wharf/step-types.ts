import type { StepType } from './step-type.ts';
import { containerStep } from './step-types/container.ts';
import { unsupportedStep } from './step-types/unsupported.ts';

/** Every step type of the language, by its key in the file. */
export const stepTypes: ReadonlyMap<string, StepType> = new Map([
  ['container', containerStep],
  ['docker', unsupportedStep('docker')],
  ['helm', unsupportedStep('helm')],
  ['helm-package', unsupportedStep('helm-package')],
  ['kubectl', unsupportedStep('kubectl')],
  ['nuget-package', unsupportedStep('nuget-package')],
]);
