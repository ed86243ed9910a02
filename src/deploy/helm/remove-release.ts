import type { DeployedObject } from '../../model/artifact.ts';
import { succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { TargetCluster } from '../../runtime/target-cluster.ts';
import { ClusterObjects } from './cluster-objects.ts';
import { uninstallArguments, type HelmMajor, type ReleaseCall } from './helm-arguments.ts';
import { installedRelease } from './installed-release.ts';
import type { Hook } from './release-json.ts';
import { ownerOf } from './release-owner.ts';
import { isKept } from './released-objects.ts';
import { helmOutcome, runHelm, type HelmProgram } from './run-helm.ts';

/**
 * Uninstalls a release, and removes what its hooks left. Returns what was removed: nothing if there is no such release, or if it belongs
 * to others. Failures: those of `Deployer.remove`.
 */
export async function removeRelease(
  { call, set, major }: { readonly call: ReleaseCall; readonly set: string; readonly major: HelmMajor },
  program: HelmProgram,
  { client }: TargetCluster,
  work: Work,
): Promise<Outcome<readonly DeployedObject[]>> {
  const { release, namespace } = call;
  const found = await installedRelease(call, program, work);
  if (found.status !== 'succeeded') return found;
  // Helm keeps the history of a removed release if its user asked for that.
  if (!found.value || found.value.status === 'uninstalled') return succeeded([]);
  const owner = await ownerOf({ call, set, major }, found.value, program, work);
  if (owner.status !== 'succeeded') return owner;
  if (owner.value !== undefined) {
    const message = `release ${release.name} in namespace ${namespace} is kept: ${owner.value}`;
    work.output.observe({ type: 'noted', level: 'warning', message });
    return succeeded([]);
  }
  const { objects, hooks } = found.value;
  const cluster = new ClusterObjects(client, namespace, work);
  const installed = await cluster.identify(objects);
  if (installed.status !== 'succeeded') return installed;
  client.confirm();
  const end = await runHelm(program, uninstallArguments(call), work, { shown: true });
  const uninstalled = helmOutcome(end, `helm uninstall ${release.name}`);
  if (uninstalled.status !== 'succeeded') return uninstalled;
  for (const { manifest } of hooks.filter(isLeft)) {
    const deleted = await cluster.delete(manifest);
    if (deleted.status !== 'succeeded') return deleted;
  }
  return succeeded(
    installed.value
      .filter(({ manifest }) => !isKept(manifest.object))
      .map(({ identity }) => ({ ...identity, change: 'removed' })),
  );
}

/**
 * Reports whether Helm leaves the object of a hook until the next time that it runs: the default (helm.sh, "Chart Hooks"). Without the
 * release there is no next time.
 */
function isLeft({ deletePolicies, manifest: { object } }: Hook): boolean {
  return !isKept(object) && (deletePolicies.length === 0 || deletePolicies.includes('before-hook-creation'));
}
