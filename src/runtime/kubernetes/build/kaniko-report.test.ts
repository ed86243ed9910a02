import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../model/outcome.ts';
import type { ImagePush } from '../../image-builder.ts';
import { KanikoReport } from './kaniko-report.ts';

/** Output of Kaniko 1.24. */
const info = (message: string) => `\u001b[36mINFO\u001b[0m[0000] ${message.padEnd(44)} `;
const digest = `sha256:${'0'.repeat(64)}`;
const base = 'r.example/busybox:1';
const fetched = [
  info(`Retrieving image manifest ${base}`),
  info(`Retrieving image ${base} from registry r.example`),
  info('Built cross stage deps: map[]'),
  info(`Retrieving image manifest ${base}`),
  info('Returning cached image manifest'),
];
const running = [
  ...fetched,
  info(`Building stage '${base}' [idx: '0', base-idx: '-1']`),
  info('Unpacking rootfs as cmd RUN exit 43 requires it.'),
  info('RUN exit 43'),
  info('Cmd: /bin/sh'),
  info('Args: [-c exit 43]'),
];

function read(lines: readonly string[], pushes: readonly ImagePush[] = []) {
  const report = new KanikoReport({ pushes });
  return { report, observed: lines.flatMap((line) => report.line(line) ?? []) };
}

test('reports its progress', () => {
  const pushes = [{ reference: 'me/app', insecure: false }];
  const { observed } = read(
    [
      ...running,
      'RUN in the output of a command is no instruction',
      info('Taking snapshot of full filesystem...'),
      info('USER 1000'),
      info('Pushing image to index.docker.io/me/app:latest'),
    ],
    pushes,
  );
  expect(observed).toEqual([
    { type: 'image.pulling', image: base },
    { type: 'progress', subject: `FROM ${base}`, current: 1 },
    { type: 'progress', subject: 'RUN exit 43', current: 2 },
    { type: 'progress', subject: 'USER 1000', current: 3 },
    { type: 'image.pushing', image: 'me/app' },
  ]);
});

describe('builds that fail', () => {
  test.each<[string, readonly string[], Failure]>([
    [
      'a command',
      [
        ...running,
        'error building image: error building stage: failed to execute command: waiting for process to exit: exit status 43',
      ],
      { code: 'build-failed', detail: 'exit code 43: RUN exit 43' },
    ],
    [
      'a base image that the registry does not have',
      [
        ...fetched.slice(0, 2),
        'error building image: unable to complete operation after 0 attempts, last error: GET http://r.example/v2/busybox/manifests/1: MANIFEST_UNKNOWN: manifest unknown; map[Tag:1]',
      ],
      {
        code: 'image-unavailable',
        image: base,
        detail: 'GET http://r.example/v2/busybox/manifests/1: MANIFEST_UNKNOWN: manifest unknown; map[Tag:1]',
      },
    ],
    [
      'an invalid Dockerfile',
      [
        'error building image: parsing dockerfile: dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)',
      ],
      { code: 'build-failed', detail: 'Dockerfile, on line 2: unknown instruction: RUNN (did you mean RUN?)' },
    ],
    [
      'a file that is not in the context',
      [
        ...running.slice(0, 7),
        'error building image: error building stage: failed to get files used from context: failed to get fileinfo for /c/nothing: lstat /c/nothing: no such file or directory',
      ],
      {
        code: 'build-failed',
        detail:
          'failed to get files used from context: failed to get fileinfo for /c/nothing: lstat /c/nothing: no such file or directory',
      },
    ],
    [
      'a full disk',
      [
        ...running,
        'error building image: error building stage: failed to get filesystem from image: write /usr/x: no space left on device',
      ],
      {
        code: 'disk-full',
        where: 'the pod that builds the image',
        detail: 'error building stage: failed to get filesystem from image: write /usr/x: no space left on device',
      },
    ],
    ['no message', running, { code: 'build-failed', detail: 'Kaniko ended with exit code 1' }],
  ])('%s', (_, lines, failure) => {
    const { built, pushed } = read(lines).report.ended(1, new Map());
    if (failure.code === 'disk-full')
      expect(built).toMatchObject({ failure: { code: 'disk-full', where: failure.where } });
    else expect(built).toEqual({ status: 'failed', failure });
    expect(pushed.size).toBe(0);
  });
});

describe('pushes', () => {
  const [first, second] = [
    { reference: 'r.example/a:1', insecure: false },
    { reference: 'me/b', insecure: false },
  ];
  const done = { status: 'succeeded', value: { digest } };

  test('all of them', () => {
    const end = read(running, [first, second]).report.ended(0, new Map([['digest', digest]]));
    expect(end.built).toEqual({ status: 'succeeded', value: { id: digest } });
    expect([...end.pushed]).toEqual([
      [first, done],
      [second, done],
    ]);
  });

  test('one that is refused after another', () => {
    const end = read(
      [...running, 'error pushing image: failed to push to destination index.docker.io/me/b:latest: UNAUTHORIZED: no'],
      [first, second],
    ).report.ended(1, new Map([['digest', digest]]));
    expect(end.built.status).toBe('succeeded');
    expect([...end.pushed]).toEqual([
      [first, done],
      [
        second,
        {
          status: 'failed',
          failure: { code: 'push-failed', image: 'me/b', detail: 'UNAUTHORIZED: no', by: 'cluster' },
        },
      ],
    ]);
  });

  test('a missing permission is detected before the build', () => {
    const said =
      'error checking push permissions -- make sure you entered the correct tag name, and that you are authenticated correctly, and try again: checking push permission for "r.example/a:1": UNAUTHORIZED';
    expect(read([said], [first, second]).report.ended(1, new Map()).built).toEqual({
      status: 'failed',
      failure: { code: 'push-failed', image: 'r.example/a:1', detail: 'UNAUTHORIZED', by: 'cluster' },
    });
  });
});
