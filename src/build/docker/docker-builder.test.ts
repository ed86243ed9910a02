import { expect, it } from 'vitest';
import { projectDir } from '../../../test/rigs/project-dir.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { succeeded } from '../../model/outcome.ts';
import type { ImageBuilder } from '../../runtime/image-builder.ts';
import { dockerBuilder, type DockerOptions } from './docker-builder.ts';

const options: DockerOptions = {
  ...{ dockerfile: 'docker/Dockerfile', args: [], addHosts: [], cacheFrom: [], noCache: false, pull: 'missing' },
  target: 'tool',
};

it('returns every mistake of a Dockerfile with its place and code, and asks no engine', async () => {
  await using project = await projectDir({ 'docker/Dockerfile': 'FROM busybox:1 AS tools\nRUNN make\nCOPY a\n' });
  const builder = dockerBuilder(
    {} as ImageBuilder,
    async () => await Promise.resolve(succeeded({ secrets: new Map() })),
  );
  const build = { image: 'app', reference: 'app:1', context: project.path, requires: [], platforms: [], options };
  expect(await builder.build(build, recordingWork().work)).toEqual({
    status: 'failed',
    failure: {
      code: 'build-failed',
      detail: [
        'docker/Dockerfile:2:1: D002 unknown instruction `RUNN`, did you mean `RUN`?',
        'docker/Dockerfile:3:1: D005 COPY needs at least a source and a destination',
        'D019 the Dockerfile has no stage `tool`, did you mean `tools`?; stages: `tools`',
      ].join('\n'),
    },
  });
});
