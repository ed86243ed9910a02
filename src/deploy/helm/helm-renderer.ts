import { succeeded } from '../../model/outcome.ts';
import type { TargetCluster } from '../../runtime/target-cluster.ts';
import { secretFolder } from '../../util/secret-folders.ts';
import type { Renderer } from '../deployer.ts';
import type { HelmFlags, HelmRelease } from './helm-release.ts';
import { installedRelease } from './installed-release.ts';
import { prepareRelease, sourceOf, writeKubeconfig } from './prepare-release.ts';
import { plannedRelease, templatedRelease } from './render-release.ts';
import { helmMajor, type HelmProgram } from './run-helm.ts';

export interface HelmRendering extends HelmProgram {
  readonly release: HelmRelease;
  readonly flags?: HelmFlags;
  /** The namespace of a release that names none. Default: that of the target, or else `default`. */
  readonly namespace?: string;
  /**
   * The cluster that decides what charts see: its version, its kinds, and its objects. `helmDeployer` deploys exactly what is
   * rendered for its target. Absent: no cluster is asked, and charts see what Helm assumes.
   */
  readonly target?: TargetCluster;
}

/** Renders one release: its objects, and then its hooks. Images are replaced afterwards, as in all manifests. */
export function helmRenderer({ release, flags = {}, namespace, target, ...program }: HelmRendering): Renderer {
  const source = sourceOf(release);
  return {
    source,
    async render(work) {
      const major = await helmMajor(program, work);
      if (major.status !== 'succeeded') return major;
      await using folder = await secretFolder();
      const kubeconfig = target ? await writeKubeconfig(target, folder.path, work) : undefined;
      if (kubeconfig && kubeconfig.status !== 'succeeded') return kubeconfig;
      const request = {
        ...{ release, flags, program, major: major.value, temporary: folder.path },
        namespace: release.namespace ?? namespace ?? target?.namespace ?? 'default',
        ...(kubeconfig && { kubeconfig: kubeconfig.value }),
      };
      const call = await prepareRelease(request, work);
      if (call.status !== 'succeeded') return call;
      if (!target) return await templatedRelease(call.value, program, work);
      const installed = await installedRelease(call.value, program, work);
      if (installed.status !== 'succeeded') return installed;
      const planned = await plannedRelease(call.value, installed.value !== undefined, program, work);
      if (planned.status !== 'succeeded') return planned;
      const { objects, hooks } = planned.value;
      const isWanted = (events: readonly string[]) => release.skipTests !== true || !events.every(isTest);
      return succeeded([...objects, ...hooks.filter(({ events }) => isWanted(events)).map(({ manifest }) => manifest)]);
    },
  };
}

/** `test-success` is the name of Helm 2. */
function isTest(event: string): boolean {
  return event === 'test' || event === 'test-success';
}
