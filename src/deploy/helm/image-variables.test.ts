import { expect, it } from 'vitest';
import { imageVariables } from './image-variables.ts';

const digest = `sha256:${'a'.repeat(64)}`;

/** What Skaffold 2.16.1 had for these images: a chart printed all variables. */
it.each([
  [
    'reg.io:5000/x/app:v1',
    {
      ...{ IMAGE_NAME: 'app', IMAGE_TAG: 'v1', IMAGE_DIGEST: '', IMAGE_REPO: 'reg.io:5000/x/app' },
      ...{ IMAGE_DOMAIN: 'reg.io:5000', IMAGE_REPO_NO_DOMAIN: 'x/app', IMAGE_FULLY_QUALIFIED: 'reg.io:5000/x/app:v1' },
      ...{ DIGEST: 'reg.io:5000/x/app:v1', DIGEST_ALGO: 'reg.io', DIGEST_HEX: '5000/x/app:v1' },
    },
  ],
  [
    `reg.io/y/web:v2@${digest}`,
    {
      ...{
        IMAGE_NAME: 'app',
        IMAGE_TAG: 'v2',
        IMAGE_DIGEST: digest,
        IMAGE_REPO: 'reg.io/y/web',
        IMAGE_DOMAIN: 'reg.io',
      },
      ...{ IMAGE_REPO_NO_DOMAIN: 'y/web', IMAGE_FULLY_QUALIFIED: `reg.io/y/web:v2@${digest}` },
      ...{ DIGEST: `reg.io/y/web:v2@${digest}`, DIGEST_ALGO: 'reg.io/y/web', DIGEST_HEX: `v2@${digest}` },
    },
  ],
  [
    'lib/app',
    {
      ...{ IMAGE_NAME: 'app', IMAGE_TAG: '', IMAGE_DIGEST: '', IMAGE_REPO: 'lib/app', IMAGE_DOMAIN: 'lib' },
      ...{ IMAGE_REPO_NO_DOMAIN: 'app', IMAGE_FULLY_QUALIFIED: 'lib/app', DIGEST: 'lib/app', DIGEST_HEX: 'lib/app' },
    },
  ],
  [
    'app',
    {
      ...{ IMAGE_NAME: 'app', IMAGE_TAG: '', IMAGE_DIGEST: '', IMAGE_REPO: 'app', IMAGE_DOMAIN: '' },
      ...{ IMAGE_REPO_NO_DOMAIN: 'app', IMAGE_FULLY_QUALIFIED: 'app', DIGEST: 'app', DIGEST_HEX: 'app' },
    },
  ],
])('templates know %s', (reference, expected) => {
  const all = Object.fromEntries(imageVariables([{ name: 'app', reference }]));
  const named = Object.fromEntries(Object.entries(expected).map(([name, value]) => [`${name}_app`, value]));
  expect(all).toEqual({ ...expected, ...named });
});

it('the second image has a number, and each its name', () => {
  const images = [
    { name: 'app', reference: 'app:1' },
    { name: 'gcr.io/other-x/web.y', reference: 'web:2' },
  ];
  const variables = imageVariables(images);
  expect(['', '2', '_app', '_gcr_io_other_x_web_y', '1', '3'].map((end) => variables.get(`IMAGE_TAG${end}`))).toEqual([
    ...['1', '2', '1', '2'],
    ...[undefined, undefined],
  ]);
});
