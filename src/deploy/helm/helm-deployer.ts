import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeployedObject } from '../../model/artifact.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { TargetCluster } from '../../runtime/target-cluster.ts';
import { secretFolder } from '../../util/secret-folders.ts';
import type { Deployed, Deployer } from '../deployer.ts';
import { shownObject } from '../kubernetes-object.ts';
import type { BuiltImage } from '../manifests/replace-images.ts';
import { deployRelease, type ManifestChange } from './deploy-release.ts';
import type { HelmMajor } from './helm-arguments.ts';
import type { HelmFlags, HelmRelease } from './helm-release.ts';
import { writeKubeconfig } from './prepare-release.ts';
import { releaseOrder } from './release-order.ts';
import { removeRelease } from './remove-release.ts';
import { helmMajor, type HelmProgram } from './run-helm.ts';

export interface HelmDeployment extends HelmProgram {
  readonly releases: readonly HelmRelease[];
  /** The name of the deploy. Releases that another deploy or program made are neither changed nor removed. */
  readonly setName: string;
  /** Takes releases of others over. */
  readonly force?: boolean;
  readonly flags?: HelmFlags;
  readonly target: TargetCluster;
  /** All built images. A release is upgraded if one that it has is another one now. */
  readonly images: readonly BuiltImage[];
  /** Changes what charts render: images, labels. Helm gets the result as a chart. Absent: nothing. */
  readonly change?: ManifestChange;
  /** Whether a release may lose all of its objects. Default: that fails. */
  readonly allowEmpty?: boolean;
}

/** Deploys releases by `helm`, one after the other. What Helm makes is its own: `helm list`, `helm rollback` and hooks work. */
export function helmDeployer(deployment: HelmDeployment): Deployer {
  const { releases, flags = {}, target, images, change = succeeded, allowEmpty = false, ...rest } = deployment;
  const { setName: set, force = false, ...around } = rest;
  return {
    kind: 'helm',
    async deploy(work) {
      return await eachRelease(work, 'forward', async (release, { program, major, kubeconfig, temporary }) => {
        const namespace = release.namespace ?? target.namespace;
        const request = { release, flags, namespace, major, program, kubeconfig, temporary };
        return await deployRelease({ request, target, images, change, allowEmpty, set, force }, work);
      });
    },
    async remove(work) {
      return await eachRelease(work, 'backward', async (release, { program, major, kubeconfig }) => {
        const call = { release, flags, namespace: release.namespace ?? target.namespace, kubeconfig };
        return await removeRelease({ call, set, major }, program, target, work);
      });
    },
  };

  /** Acts on one release after the other, up to the first failure. Observes what became of their objects. */
  async function eachRelease(
    work: Work,
    direction: 'forward' | 'backward',
    act: (release: HelmRelease, ready: ReadyHelm) => Promise<Outcome<readonly DeployedObject[]>>,
  ): Promise<Outcome<Deployed>> {
    const ordered = releaseOrder(releases);
    if (typeof ordered === 'string') return failed({ code: 'unsupported', detail: ordered });
    const objects: DeployedObject[] = [];
    if (ordered.length === 0) return succeeded({ objects });
    const major = await helmMajor(around, work);
    if (major.status !== 'succeeded') return major;
    await using folder = await secretFolder();
    const kubeconfig = await writeKubeconfig(target, folder.path, work);
    if (kubeconfig.status !== 'succeeded') return kubeconfig;
    // Plugins of Helm read the variable.
    const program = { ...around, env: { ...around.env, KUBECONFIG: kubeconfig.value } };
    for (const [index, release] of (direction === 'forward' ? ordered : ordered.toReversed()).entries()) {
      const temporary = join(folder.path, `release-${index}`);
      await mkdir(temporary, { mode: 0o700 });
      const done = await act(release, { program, major: major.value, kubeconfig: kubeconfig.value, temporary });
      if (done.status !== 'succeeded') return done;
      for (const object of done.value) observe(object, work);
      objects.push(...done.value);
    }
    return succeeded({ objects });
  }
}

/** What all commands of one deploy share. */
interface ReadyHelm {
  readonly program: HelmProgram;
  readonly major: HelmMajor;
  readonly kubeconfig: string;
  /** A folder of the release. */
  readonly temporary: string;
}

function observe(object: DeployedObject, work: Work): void {
  const { change, namespace, reason } = object;
  const about = { object: shownObject(object), ...(namespace !== undefined && { namespace }) };
  if (change === 'removed') work.output.observe({ type: 'object.removed', ...about });
  else if (change !== 'unchanged')
    work.output.observe({ type: 'object.applied', ...about, change, ...(reason !== undefined && { reason }) });
}
