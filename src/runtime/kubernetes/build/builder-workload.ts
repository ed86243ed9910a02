import type { ClusterBuilder } from '../../../model/kubernetes-settings.ts';
import type { FileOwner } from '../../../model/tree.ts';
import { tarOfFiles } from '../../../tar/tar-of-files.ts';
import type { ImageBuild } from '../../image-builder.ts';
import type { WorkloadSpec } from '../../runtime.ts';
import type { BuilderJob, BuilderPlaces } from './builder-program.ts';

export const builderContainer = 'builder';

/** Returns the workload of one build: the program's image, its inputs and its outputs as volumes. */
export function builderWorkload(
  build: ImageBuild,
  job: BuilderJob,
  places: BuilderPlaces,
  { image, helperImage }: ClusterBuilder,
): WorkloadSpec {
  if (build.workload === undefined) throw new Error('a build in a workload needs a workload name');
  const files = { open: (owner: FileOwner | undefined) => tarOfFiles(job.files, owner) };
  const { template } = build.pod ?? {};
  return {
    ...build.workload,
    ...(template && { template }),
    ...(helperImage !== undefined && { helperImage }),
    lifetime: 'step',
    // `--pull always` is about base images, not about the builder's image.
    pull: build.pull === 'never' ? 'never' : 'missing',
    volumes: [
      { name: 'context', content: [build.context] },
      { name: 'files', content: [files], confidential: true },
      { name: 'results', content: [] },
    ],
    containers: [
      {
        name: builderContainer,
        image,
        command: job.command,
        env: job.env,
        mounts: [
          { volume: 'context', path: places.context },
          { volume: 'files', path: places.files },
          { volume: 'results', path: places.results },
        ],
      },
    ],
  };
}
