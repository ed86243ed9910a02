import { stateOf } from '../machine.ts';
import type { RunCluster } from '../../model/run-cluster.ts';
import type { LeftBy, Leftovers } from '../cleanup/cleanup.ts';
import type { LookedAt } from '../inspection.ts';
import { clusterWord, meansCluster } from '../../model/cluster-word.ts';
import type { RunId } from '../../model/ids.ts';
import type { LeftoverParts, LeftoverPlace } from './leftovers.ts';
import { ownClusterOr } from '../../operator/clusters/own-clusters.ts';
import type { Machine } from '../machine.ts';

/**
 * Returns where dead runs may have left workloads: this machine, or the runtimes in `on`.
 * A cluster is searched only if `on` names it. The search then covers every namespace that interrupted runs of this
 * store used there. `elsewhere` lists interrupted runs on other clusters.
 */
export async function leftoverPlaces(
  machine: Pick<Machine, 'places' | 'store'>,
  wanted: LookedAt & LeftBy,
): Promise<Pick<LeftoverParts, 'places' | 'elsewhere'>> {
  const { on, run, ...named } = wanted;
  if (run !== undefined && on === undefined) return { places: await placesOfRun(machine, run), elsewhere: [] };
  const clusters = machine.places.clusters(named);
  const found = await machine.places.providers(on ?? machine.places.localWords(), clusters);
  const places: LeftoverPlace[] = Object.entries(found).map(([where, provider]) => ({
    where,
    provider,
    named: on !== undefined,
  }));
  const asked: RunCluster[] = [];
  for (const word of (on ?? []).filter(meansCluster)) {
    const { value: cluster } = await clusters.of(word);
    if (cluster !== undefined) asked.push(cluster.place);
  }
  const looked = [...asked];
  const elsewhere: Leftovers['elsewhere'][number][] = [];
  if (run !== undefined) return { places, elsewhere };
  for (const one of await interruptedOnClusters(machine)) {
    const { cluster } = one;
    if (looked.some((place) => isSame(place, cluster))) continue;
    if (asked.some((place) => isSame({ ...place, namespace: cluster.namespace }, cluster))) {
      looked.push(cluster);
      const again = await machine.places.clusters({ again: cluster }).of(clusterWord(cluster.name));
      places.push({
        where: `namespace ${cluster.namespace}`,
        provider: await machine.places.cluster(ownClusterOr(again)),
        named: true,
      });
    } else elsewhere.push(one);
  }
  return { places, elsewhere };
}

/** Returns the runtimes of a run from its log. Returns this machine if the log has no runtime or no longer exists. */
async function placesOfRun(machine: Pick<Machine, 'places' | 'store'>, run: RunId): Promise<LeftoverPlace[]> {
  const known = await (await machine.store()).summary(run);
  const where = known && machine.places.ofRun(await stateOf(machine, run));
  const parts =
    where === undefined
      ? [{ on: machine.places.localWords(), clusters: machine.places.clusters({}) }]
      : [where.steps, where.builds, where.deploys].filter((part) => part !== undefined);
  // Commands of builds run on this machine, whatever the places are.
  if (!parts.some(({ on }) => on.includes('host'))) parts.push({ on: ['host'], clusters: machine.places.clusters({}) });
  const found = await Promise.all(parts.map(async ({ on, clusters }) => await machine.places.providers(on, clusters)));
  return found.flatMap((providers) =>
    Object.entries(providers).map(([word, provider]) => ({ where: word, provider, named: where !== undefined })),
  );
}

async function interruptedOnClusters(machine: Pick<Machine, 'places' | 'store'>): Promise<Leftovers['elsewhere']> {
  const runs = (await (await machine.store()).runs({ statuses: ['interrupted'] })).filter(
    ({ runtime }) => runtime !== undefined && meansCluster(runtime),
  );
  const found = await Promise.all(
    runs.map(async ({ id, number, project }) => ({
      run: id,
      number,
      project,
      cluster: (await stateOf(machine, id)).settings?.cluster,
    })),
  );
  return found.flatMap(({ cluster, ...run }) => (cluster === undefined ? [] : [{ ...run, cluster }]));
}

function isSame(one: RunCluster, other: RunCluster): boolean {
  return (
    one.name === other.name &&
    one.context === other.context &&
    one.server === other.server &&
    one.namespace === other.namespace
  );
}
