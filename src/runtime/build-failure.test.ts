import { expect, test } from 'vitest';
import type { Failure } from '../model/outcome.ts';
import { BuildFailed, buildFailure } from './build-failure.ts';

/** Original messages of engines. */
test.each<[string, string, string | undefined, Failure]>([
  [
    'BuildKit, a command',
    'executor failed running [/bin/sh -c exit 3]: exit code: 3',
    '[2/2] RUN exit 3',
    { code: 'build-failed', detail: 'exit code 3: RUN exit 3' },
  ],
  [
    'BuildKit, a command of a stage',
    'process "/bin/sh -c make" did not complete successfully: exit code: 2',
    '[builder 4/7] RUN make',
    { code: 'build-failed', detail: 'exit code 2: RUN make' },
  ],
  [
    'the classic builder, a command',
    "The command '/bin/sh -c exit 3' returned a non-zero code: 3",
    'RUN exit 3',
    { code: 'build-failed', detail: 'exit code 3: RUN exit 3' },
  ],
  [
    'Podman, a command',
    'building at STEP "RUN exit 3": while running runtime: exit status 3\n',
    'RUN exit 3',
    { code: 'build-failed', detail: 'exit code 3: RUN exit 3' },
  ],
  [
    'BuildKit, a base image',
    'failed to solve with frontend dockerfile.v0: failed to create LLB definition: localhost/nope:1: not found',
    '[internal] load metadata for localhost/nope:1',
    { code: 'image-unavailable', image: 'localhost/nope:1', detail: 'localhost/nope:1: not found' },
  ],
  [
    'BuildKit, layers of a base image',
    'failed to copy: unexpected EOF',
    '[1/2] FROM alpine:3@sha256:0123',
    { code: 'image-unavailable', image: 'alpine:3', detail: 'failed to copy: unexpected EOF' },
  ],
  [
    'the classic builder, a base image',
    'pull access denied for nope',
    'FROM --platform=linux/amd64 nope AS x',
    { code: 'image-unavailable', image: 'nope', detail: 'pull access denied for nope' },
  ],
  [
    'an invalid Dockerfile',
    'dockerfile parse error line 2: unknown instruction: RUNN',
    undefined,
    { code: 'build-failed', detail: 'Dockerfile, line 2: unknown instruction: RUNN' },
  ],
  [
    'a full disk',
    'write /var/lib/x: no space left on device',
    '[2/2] RUN dd',
    { code: 'disk-full', where: 'the container engine', detail: 'write /var/lib/x: no space left on device' },
  ],
  [
    'a file that is not in the context',
    'failed to compute cache key: "/nope" not found: not found',
    '[2/2] COPY nope /',
    { code: 'build-failed', detail: 'failed to compute cache key: "/nope" not found: not found' },
  ],
])('%s', (_, said, at, failure) => {
  expect(buildFailure(new BuildFailed(said, at))).toEqual(failure);
});
