import type { StepType } from './step-type.ts';
import { containerStep } from './step-types/container.ts';

/** Every step type of the language, by its key in the file. */
export const stepTypes: ReadonlyMap<string, StepType> = new Map([
  ['container', containerStep],
]);
