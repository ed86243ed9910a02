import { noMask, type Mask } from '../secrets/mask.ts';
import { noSecrets, type RunSecrets } from '../secrets/run-secrets.ts';
import { noProvisions, type Provisions } from '../model/provisions.ts';

/**
 * What the process that drives a run holds of its secrets: their values, what hides them, and what steps are given by
 * the operator.
 */
export interface HeldSecrets {
  readonly secrets: RunSecrets;
  readonly mask: Mask;
  readonly provisions: Provisions;
}

export const holdsNone: HeldSecrets = { secrets: noSecrets, mask: noMask, provisions: noProvisions };
