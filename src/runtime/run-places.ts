import type { Runtime } from './runtime.ts';

/** What a place of a run is for. */
const placeRoles = ['steps', 'builds', 'deploys'] as const;
export type PlaceRole = (typeof placeRoles)[number];

/**
 * Where the parts of a run work: its steps run, its images are built, its workloads are deployed. Several roles may
 * share one runtime, which is then the same object.
 */
export type RunPlaces = Readonly<Record<PlaceRole, Runtime>>;

/** Returns the places of a run that does everything on one runtime. */
export function onePlace(runtime: Runtime): RunPlaces {
  return { steps: runtime, builds: runtime, deploys: runtime };
}

/** Returns each runtime once. */
export function runtimesOf(places: RunPlaces): readonly Runtime[] {
  return [...new Set(placeRoles.map((role) => places[role]))];
}

/** Returns the same places on other runtimes. Roles that share a runtime still do. */
export function mapPlaces(places: RunPlaces, change: (runtime: Runtime) => Runtime): RunPlaces {
  const changed = new Map(runtimesOf(places).map((runtime) => [runtime, change(runtime)]));
  const of = (role: PlaceRole) => changed.get(places[role]) ?? places[role];
  return { steps: of('steps'), builds: of('builds'), deploys: of('deploys') };
}

/** Disposes of each runtime once. */
export async function closePlaces(places: RunPlaces): Promise<void> {
  await Promise.all(runtimesOf(places).map(async (runtime) => await runtime[Symbol.asyncDispose]()));
}
