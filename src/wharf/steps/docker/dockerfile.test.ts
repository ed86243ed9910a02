import { describe, expect, test } from 'vitest';
import { dockerfileFacts } from './dockerfile.ts';

const read = (text: string, given: Record<string, string> = {}) =>
  dockerfileFacts(text, new Map(Object.entries(given)));

describe('the base images of a Dockerfile', () => {
  test.each<[string, readonly string[], Record<string, string>?]>([
    ['FROM alpine:3', ['alpine:3']],
    ['from --platform=$BUILDPLATFORM golang:1 as build\nFROM scratch\nCOPY --from=build /a /a', ['golang:1']],
    ['ARG V=1\nFROM node:${V}', ['node:1']],
    ['ARG V=1\nFROM node:$V', ['node:2'], { V: '2' }],
    ['ARG V\nFROM node:${V:-9}', ['node:9']],
    ['ARG REG\nARG IMG=${REG}/hub/node\nFROM ${IMG}:1', ['r.example/hub/node:1'], { REG: 'r.example' }],
    ['FROM $NOBODY', []],
    ['FROM a \\\n  AS x\nFROM x\n', ['a']],
    [
      'FROM a\nCOPY --from=0 / /\nCOPY --chown=1 --from=tools:2 / /\nRUN --mount=type=bind,from=other:3,target=/o true',
      ['a', 'tools:2', 'other:3'],
    ],
    ['FROM a\nRUN <<EOF\nFROM nothing\nEOF\nRUN x\nFROM b', ['a', 'b']],
    ['# escape=`\nFROM a `\n AS b\nFROM b', ['a']],
    ['', []],
  ])('%j', (text, expected, given) => {
    expect(read(text, given).baseImages).toEqual(expected);
  });
});

test('the names of arguments and secrets', () => {
  const file = read(
    'ARG A=1 B\nFROM x\narg C="two words"\n# ARG D\nRUN --mount=type=secret,id=TOKEN,required=true \\\n  --mount=type=secret,target=/etc/key.pem cat /run/secrets/TOKEN --mount=type=secret,id=no-flag\nRUN --mount=type=cache,id=cache true',
  );
  expect([...file.args]).toEqual(['A', 'B', 'C']);
  expect([...file.secrets]).toEqual(['TOKEN', 'key.pem']);
});

test.each([
  ['FROM a\nUSER app', 'app'],
  ['FROM a\nUSER 1:2\nFROM b\n', undefined],
  ['FROM a\nUSER root\nRUN x\nUSER ${WHO}\n', '${WHO}'],
])('the last user of %j is %j', (text, user) => {
  expect(read(text).lastUser).toBe(user);
});
