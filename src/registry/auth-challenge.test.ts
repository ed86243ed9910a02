import { expect, test } from 'vitest';
import { parseChallenges, type AuthChallenge } from './auth-challenge.ts';

const basic: AuthChallenge = { scheme: 'basic' };

test.each<readonly [string[], AuthChallenge[]]>([
  [[], []],
  [['Basic realm="a, b=\\"c\\""'], [basic]],
  [['basic'], [basic]],
  [['Negotiate abc, Basic realm=x'], [basic]],
  [
    ['Bearer realm="https://t.example/token?a=b",service="r.example",scope="repository:a:pull,push repository:b:pull"'],
    [
      {
        scheme: 'bearer',
        realm: 'https://t.example/token?a=b',
        service: 'r.example',
        scopes: ['repository:a:pull,push', 'repository:b:pull'],
      },
    ],
  ],
  [['bearer REALM = https://t.example'], [{ scheme: 'bearer', realm: 'https://t.example', scopes: [] }]],
  [['Bearer service="x"'], []],
  [
    ['Bearer realm="https://t.example", Basic realm="x"'],
    [{ scheme: 'bearer', realm: 'https://t.example', scopes: [] }, basic],
  ],
  [
    ['Basic', 'Bearer realm="https://t.example"'],
    [basic, { scheme: 'bearer', realm: 'https://t.example', scopes: [] }],
  ],
  [['"'], []],
])('%j', (headers, expected) => {
  expect(parseChallenges(headers)).toEqual(expected);
});
