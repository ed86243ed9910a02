import { expect, it } from 'vitest';
import { loginSecrets } from './login-secrets.ts';
import { secretTexts } from './run-secrets.ts';

const auth = Buffer.from('me:pass:word').toString('base64');

it('finds what is secret in a Docker configuration', () => {
  expect(
    loginSecrets(
      JSON.stringify({
        auths: {
          'a.example': { auth },
          'b.example': { username: 'me', password: 'other', identitytoken: 'token' },
          c: null,
        },
      }),
    ),
  ).toEqual([auth, 'pass:word', 'other', 'token']);
});

it.each(['', 'hunter2', '{"auths"', '{"auths": 1}', '["auths"]'])('finds nothing in %j', (text) => {
  expect(loginSecrets(text)).toEqual([]);
});

it('hides it together with the rest', () => {
  const config = JSON.stringify({ auths: { x: { auth } } });
  expect([
    ...secretTexts({ inputs: new Map(), operator: new Map([['s', new Map([['config.json', config]])]]) }),
  ]).toEqual([config, auth, 'pass:word']);
});
