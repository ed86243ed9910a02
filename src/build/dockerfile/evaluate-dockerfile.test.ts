import { describe, expect, test } from 'vitest';
import { SourceText } from '../../diagnostics/source-text.ts';
import type { DockerBuild, DockerBuildRequest } from './docker-build.ts';
import { evaluateDockerfile } from './evaluate-dockerfile.ts';
import { readDockerfile } from './read-dockerfile.ts';

const evaluate = (text: string, request: Partial<DockerBuildRequest> = {}): DockerBuild =>
  evaluateDockerfile(readDockerfile(new SourceText('Dockerfile', text)), { args: new Map(), ...request });

/** Lists `sources > destination` of all needed stages. */
function copies(text: string, request: Partial<DockerBuildRequest> = {}): readonly string[] {
  const { stages, diagnostics } = evaluate(text, request);
  expect(diagnostics).toEqual([]);
  return stages.flatMap((stage) =>
    stage.copies.map(({ sources, destination }) => `${sources.map(({ path }) => path).join(' ')} > ${destination}`),
  );
}

const given = (args: Record<string, string>) => ({ args: new Map(Object.entries(args)) });

describe('the files that a build copies from its context', () => {
  test.each<[string, readonly string[], Partial<DockerBuildRequest>?]>([
    ['FROM a\nCOPY b c', ['b > /c']],
    ['FROM a\nWORKDIR /w\nCOPY b c/\nWORKDIR x/../y/\nCOPY b .', ['b > /w/c/', 'b > /w/y/']],
    ['FROM a\nWORKDIR /w\nCOPY b ..\nCOPY b ""\nCOPY b /z/.\nCOPY b /', ['b > /', 'b > /w/', 'b > /z/', 'b > /']],
    ['FROM a\nCOPY ./b/ ../c . /d/', ['b c  > /d/']],
    ['FROM a\nCOPY /b//c/./d e', ['b/c/d > /e']],
    // An `ARG` before `FROM` counts in a stage only after an `ARG` there.
    ['ARG D=/o\nFROM a\nCOPY b ${D}/\nARG D\nCOPY b ${D}/', ['b > /', 'b > /o/']],
    ['ARG D=/o\nFROM a\nARG D=/p\nCOPY b $D/', ['b > /p/']],
    ['ARG D=/o\nFROM a\nARG D=/p\nCOPY b $D/', ['b > /given/'], given({ D: '/given' })],
    ['FROM a\nCOPY b /x$D/', ['b > /x/'], given({ D: '/given' })],
    ['FROM a\nARG D=1 E=$D$D\nENV F=$E G=$F\nCOPY $F$G /$E', ['11 > /11']],
    ['FROM a AS b\nARG D=/o\nFROM b\nCOPY c $D', ['c > /o']],
    ['FROM a AS b\nWORKDIR /w\nCOPY c d\nFROM b\nCOPY e f', ['c > /w/d', 'e > /w/f']],
    [
      'FROM a\nARG TARGETARCH\nCOPY b-$TARGETARCH-$TARGETOS /c',
      ['b-arm64- > /c'],
      { platform: { build: 'linux/amd64', target: 'linux/arm64' } },
    ],
    [
      'FROM a\nARG TARGETVARIANT BUILDPLATFORM\nCOPY $TARGETVARIANT /$BUILDPLATFORM',
      ['v7 > /linux/amd64'],
      { platform: { build: 'linux/amd64', target: 'linux/arm/v7' } },
    ],
    ['FROM a AS x\nARG TARGETSTAGE\nCOPY $TARGETSTAGE /y', ['X > /y'], { target: 'X' }],
    // Stages that the target does not need do not count.
    ['FROM a AS x\nCOPY b /b\nFROM a AS y\nCOPY c /c', ['c > /c']],
    ['FROM a AS x\nCOPY b /b\nFROM a AS y\nCOPY c /c', ['b > /b'], { target: 'x' }],
    ['FROM a AS x\nCOPY b /b\nFROM a\nCOPY --from=X /b /c\nCOPY d /e', ['b > /b', 'd > /e']],
    ['FROM a AS x\nCOPY b /b\nFROM a\nCOPY --from=0 /b /c', ['b > /b']],
    ['FROM a AS x\nCOPY b /b\nFROM a\nRUN --mount=from=x,target=/x y', ['b > /b']],
    ['FROM a AS x\nCOPY b /b\nFROM a\nRUN --mount=from=0,target=/x y', []],
    ['FROM a\nADD https://x/y git@h:x/y.git https://h/x.git#main ssh://h/x b /c/', ['b > /c/']],
    ['FROM a\nADD https://x/y /c', []],
    ['FROM a\nCOPY <<E b /c/\nE', ['b > /c/']],
    // Triggers of a base image and of a base stage run first, each time that a stage starts from it.
    [
      'FROM a AS x\nFROM a\nCOPY --from=x / /x\nCOPY b c',
      ['t > /app/', 't > /app/', 'b > /app/c'],
      { baseImage: () => ({ workdir: '/app', onbuild: ['COPY t .'] }) },
    ],
    [
      'FROM a\nCOPY $E b',
      ['e > /app/b'],
      { baseImage: () => ({ env: new Map([['E', 'e']]), onbuild: ['WORKDIR app'] }) },
    ],
    ['FROM a AS x\nONBUILD COPY t /t\nFROM x AS y\nCOPY b /b\nFROM y\nCOPY c /c', ['t > /t', 'b > /b', 'c > /c']],
    ['# escape=`\nFROM a\nCOPY b`$c /d', ['b$c > /d']],
  ])('%j', (text, expected, request) => {
    expect(copies(text, request)).toEqual(expected);
  });
});

test('the options of a copy', () => {
  const { stages } = evaluate(
    'FROM a\nARG U=me\nCOPY --chown=$U:1 --chmod=u+x,g-w --link --exclude=b --exclude=$U . /c\nADD d /e\nADD --unpack=false d /e',
  );
  expect(stages[0]?.copies).toMatchObject([
    { chown: 'me:1', chmod: 'u+x,g-w', link: true, excludes: ['b', '$U'], extracts: false },
    { extracts: true, chown: undefined, link: false },
    { extracts: false },
  ]);
});

test('sources of COPY --parents', () => {
  const { stages } = evaluate('FROM a\nCOPY --parents a/./b/*.c d/**/e ./f/ /g/');
  expect(stages[0]?.copies[0]?.sources).toMatchObject([
    { path: 'a', parents: 'b/*.c' },
    { path: '', parents: 'd/**/e' },
    { path: '', parents: 'f' },
  ]);
});

test('mounts of the context', () => {
  const { stages } = evaluate(
    'FROM a\nENV V=1\nRUN --mount=target=/m --mount=type=bind,src=./b/$V/,dst=/n --mount=type=cache,target=/o --mount=from=x,target=/p c',
  );
  expect(stages[0]?.mounts.map(({ path }) => path)).toEqual(['', 'b/1']);
});

test('base images, users and working directories', () => {
  const { images, stages } = evaluate(
    'ARG V=1\nFROM --platform=$BUILDPLATFORM r.io/a:$V AS x\nUSER me\nFROM ${NONE:-b}\nFROM scratch AS s\nFROM x\nWORKDIR w\nCOPY --from=c:2 / /\nCOPY --from=s / /\nRUN --mount=from=d,target=/d e',
    { baseImage: (name) => (name === 'r.io/a:1' ? { workdir: '/base/', user: 'root' } : undefined) },
  );
  expect(images).toEqual(['r.io/a:1', 'c:2', 'd']);
  expect(stages.map(({ base, workdir, user, folders }) => [base.kind, workdir, user, folders])).toEqual([
    ['image', '/base', 'me', ['/base']],
    ['scratch', '/', undefined, ['/']],
    ['stage', '/base/w', 'me', ['/base', '/base/w']],
  ]);
});

test.each<[string, readonly string[], Partial<DockerBuildRequest>?]>([
  ['FROM a\nCOPY ${b /c\nWORKDIR "d', ['D014 2:6', 'D014 3:9']],
  ['FROM a\nCOPY --from=b$C d e', ['D016 2:13']],
  ['FROM a AS x\nCOPY --from=x b c\nCOPY --from=7 b c', ['D015 2:13', 'D015 3:13']],
  ['FROM a AS x\nCOPY --from=y b c\nFROM a AS y\nFROM x', ['D015 2:13']],
  ['FROM a AS x\nCOPY --from=y b c\nFROM a AS y\nFROM a', []],
  ['FROM a AS x\nCOPY --from=y b c\nFROM a AS y\nCOPY --from=x b c\nFROM a', ['D015 2:13']],
  [
    'FROM a\nRUN --mount=type=bnd,target=/b c\nRUN --mount=tagret=/b,required,uid=x c',
    ['D017 2:13', 'D017 3:13', 'D017 3:13', 'D017 3:13'],
  ],
  ['FROM a\nRUN --mount=type=secret,id=x,required,mode=0400,uid=1 c\nRUN --mount=type=tmpfs,size=1g,target=/x c', []],
  ['FROM $A\nFROM b', ['D018 1:6']],
  ['FROM a AS x', ['D019'], { target: 'y' }],
  ['FROM a\nCOPY https://x/y git@h:x.git /z/', ['D020 2:6', 'D020 2:18']],
  ['FROM a\nCOPY --chmod=999 b c\nCOPY --chmod=$X b c', ['D004 2:14', 'D004 3:14']],
  ['FROM a AS Build\nFROM Build', ['D023 2:6']],
  ['FROM a:b:c\nCOPY --from=D e f', ['D023 1:6', 'D023 2:13']],
  ['FROM a', ['D013 1:9', 'D005 1:1'], { baseImage: () => ({ onbuild: ['ONBUILD FROM b', 'COPY x'] }) }],
])('%j is refused', (text, expected, request) => {
  const { diagnostics } = evaluate(text, request);
  expect(diagnostics.map(({ code, place }) => (place ? `${code} ${place.line}:${place.column}` : code)).sort()).toEqual(
    [...expected].sort(),
  );
});

test('a stage whose name is written in other letters is still used', () => {
  const { stages, diagnostics } = evaluate('FROM a AS Build\nCOPY b /b\nFROM Build');
  expect(stages.map(({ base }) => base.kind)).toEqual(['image', 'stage']);
  expect(diagnostics[0]?.help).toBe('to start from that stage, write `build`');
});
