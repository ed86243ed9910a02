import type { FileOwner } from '../../../model/tree.ts';
import { tarOfFiles } from '../../../tar/tar-of-files.ts';
import type { ImageBuild } from '../../image-builder.ts';
import type { WorkloadSpec } from '../../runtime.ts';
import type { BuilderJob, BuilderPlaces } from './builder-program.ts';

export const builderContainer = 'builder';

/** The workload of one build: the program in its image, and what it reads and writes as volumes. */
export function builderWorkload(
  build: ImageBuild,
  job: BuilderJob,
  places: BuilderPlaces,
  image: string,
): WorkloadSpec {
  if (build.workload === undefined) throw new Error('a build that runs as a workload has to be told its name');
  const files = { open: (owner: FileOwner | undefined) => tarOfFiles(job.files, owner) };
  return {
    ...build.workload,
    lifetime: 'step',
    // Who asks for newer images means those that it is built from.
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
