import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../model/outcome.ts';
import type { ImagePush } from '../../image-builder.ts';
import { BuildahReport } from './buildah-report.ts';

/** Output of Buildah 1.28. */
const base = 'r.example/busybox:1';
const running = [
  `STEP 1/2: FROM ${base}`,
  `Trying to pull ${base}...`,
  'Writing manifest to image destination',
  'STEP 2/2: RUN exit 43',
];
const id = `sha256:${'1'.repeat(64)}`;
const digest = `sha256:${'2'.repeat(64)}`;

function read(lines: readonly string[], pushes: readonly ImagePush[] = []) {
  const report = new BuildahReport({ pushes });
  return { report, observed: lines.flatMap((line) => report.line(line) ?? []) };
}

test('reports its progress', () => {
  expect(
    read([...running, 'Pushing r.example/a:1'], [{ reference: 'r.example/a:1', insecure: false }]).observed,
  ).toEqual([
    { type: 'progress', subject: `[1/2] FROM ${base}`, current: 1, total: 2 },
    { type: 'image.pulling', image: base },
    { type: 'progress', subject: '[2/2] RUN exit 43', current: 2, total: 2 },
    { type: 'image.pushing', image: 'r.example/a:1' },
  ]);
});

test.each<[string, readonly string[], Failure]>([
  [
    'a command',
    [...running, 'subprocess exited with status 43', 'Error: building at STEP "RUN exit 43": exit status 43'],
    { code: 'build-failed', detail: 'exit code 43: RUN exit 43' },
  ],
  [
    'a base image',
    [
      ...running.slice(0, 2),
      `Error: creating build container: initializing source docker://${base}: reading manifest 1 in r.example/busybox: manifest unknown: manifest unknown`,
    ],
    {
      code: 'image-unavailable',
      image: base,
      detail: `initializing source docker://${base}: reading manifest 1 in r.example/busybox: manifest unknown: manifest unknown`,
    },
  ],
  [
    'an invalid instruction',
    [
      ...running.slice(0, 3),
      'STEP 2/2: RUNN exit 43',
      'Error: building at STEP "RUNN ": Build error: Unknown instruction: "RUNN" &imagebuilder.Step{Env:[]string{"PATH=/bin"}}',
    ],
    { code: 'build-failed', detail: '"RUNN ": Build error: Unknown instruction: "RUNN"' },
  ],
  ['no message', [], { code: 'build-failed', detail: 'Buildah ended with exit code 125' }],
])('%s', (_, lines, failure) => {
  expect(read(lines).report.ended(125, new Map())).toEqual({ built: { status: 'failed', failure }, pushed: new Map() });
});

describe('pushes', () => {
  const [first, second] = [
    { reference: 'r.example/a:1', insecure: false },
    { reference: 'r.example/a:2', insecure: false },
  ];

  test('all of them', () => {
    const end = read(running, [first, second]).report.ended(
      0,
      new Map([
        ['image', id],
        ['digest-1', digest],
        ['digest-2', digest],
      ]),
    );
    expect(end).toEqual({
      built: { status: 'succeeded', value: { id } },
      pushed: new Map([first, second].map((push) => [push, { status: 'succeeded', value: { digest } }])),
    });
  });

  test('one that is refused; later ones are not tried', () => {
    const said = `Error: pushing image "${id}" to "docker://r.example/a:1": pinging container registry r.example: connection refused`;
    const end = read([...running, said], [first, second]).report.ended(125, new Map([['image', id]]));
    expect(end.built).toEqual({ status: 'succeeded', value: { id } });
    expect([...end.pushed]).toEqual([
      [
        first,
        {
          status: 'failed',
          failure: {
            code: 'push-failed',
            image: 'r.example/a:1',
            detail: 'pinging container registry r.example: connection refused',
            by: 'cluster',
          },
        },
      ],
    ]);
  });
});
