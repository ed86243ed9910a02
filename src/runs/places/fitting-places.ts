import type { Interaction } from '../interaction.ts';
import type { Equipped } from '../../engine/run-driver.ts';
import type { PlannedStage } from '../../model/plan.ts';
import { closePlaces } from '../../runtime/run-places.ts';
import { explainAbsence } from './choose-runtime.ts';
import { fitsHost, missingCapabilities, missingContainers } from './missing-capabilities.ts';
import type { FoundPlaces, RunWhere } from './places.ts';
import type { Machine } from '../machine.ts';

export type Unavailable = Extract<Equipped, { readonly status: 'unavailable' }>;

/** The caller closes the places. */
export type FittingPlaces = { readonly status: 'ready'; readonly found: FoundPlaces } | Unavailable;

/** Returns the places of a run, if they answer and have what the steps need. */
export async function fittingPlaces(
  machine: Pick<Machine, 'places' | 'frontEnd'>,
  where: RunWhere,
  confirmHost: Interaction['confirmHost'],
  stages: readonly PlannedStage[],
  signal: AbortSignal,
): Promise<FittingPlaces> {
  const { kinds } = machine.frontEnd;
  // The configuration says where verifications and actions run, whatever `--on` is.
  const fits = {
    host: fitsHost(stages, kinds),
    engine: !stages.some(({ phase }) => phase === 'verify' || phase === 'exec'),
  };
  const found = await machine.places.connect(where, fits.host ? confirmHost : undefined, signal);
  if (found.status === 'none')
    return { status: 'unavailable', because: 'runtime', detail: explainAbsence(found, fits) };
  const missing =
    missingCapabilities(found.places.builds, stages, kinds) ?? missingContainers(found.places.steps, stages, kinds);
  if (missing === undefined) return { status: 'ready', found };
  await closePlaces(found.places);
  return { status: 'unavailable', because: 'runtime', detail: missing };
}
