import { noMask, type Mask } from '../../secrets/mask.ts';
import { noSecrets, type RunSecrets } from '../../secrets/run-secrets.ts';
import { noProvisions, type Provisions } from '../../model/provisions.ts';

/**
 * The secrets that the driving process holds: their values, the mask that hides them, and what the operator provides to
 * steps.
 */
export interface HeldSecrets {
  readonly secrets: RunSecrets;
  readonly mask: Mask;
  readonly provisions: Provisions;
}

export const holdsNone: HeldSecrets = { secrets: noSecrets, mask: noMask, provisions: noProvisions };
