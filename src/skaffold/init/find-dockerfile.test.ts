import { describe, expect, it } from 'vitest';
import { buildContext, projectTree } from './build-context.ts';
import { dockerfileName, imageNames, imageWord } from './builder-names.ts';
import { findDockerfile } from './find-dockerfile.ts';

describe('dockerfileName', () => {
  it.for([
    ['Dockerfile', { word: '', isVariant: false }],
    ['a/b/dockerfile', { word: '', isVariant: false }],
    ['Dockerfile.web', { word: 'web', isVariant: false }],
    ['Dockerfile-dev', { word: 'dev', isVariant: true }],
    ['Containerfile', { word: '', isVariant: false }],
    ['web.Dockerfile', { word: 'web', isVariant: false }],
    ['Dockerfile.dockerignore', undefined],
    ['web.dockerfile.bak.txt', undefined],
    ['docker-compose.yaml', undefined],
  ] as const)('%s', ([path, name]) => {
    expect(dockerfileName(path)).toEqual(name);
  });
});

describe('imageNames', () => {
  it.for([
    ['.', '', ['shop']],
    ['web', '', ['web', 'shop-web']],
    ['services/web', '', ['web', 'services-web']],
    ['web/src', '', ['web', 'shop-web', 'src']],
    ['src', '', ['shop', 'src']],
    ['.', 'web', ['web', 'shop-web', 'web-shop']],
    ['api', 'job', ['job', 'api-job', 'job-api', 'shop-job']],
  ] as const)('%s with the word %j', ([folder, word, names]) => {
    expect(imageNames(folder, 'shop', word)).toEqual(names);
  });
});

describe('imageWord', () => {
  it.for([
    ['Web App', 'web-app'],
    ['_x_', 'x'],
    ['ünï', 'n'],
    ['***', 'app'],
  ] as const)('%s is %s', ([name, word]) => {
    expect(imageWord(name)).toBe(word);
  });
});

describe('buildContext', () => {
  const tree = projectTree(
    [
      'package.json',
      'web/Dockerfile',
      'web/page.html',
      'web/src/a.ts',
      'libs/x.ts',
      'deep/er/Dockerfile',
      'deep/go.mod',
    ],
    ['web', 'web/src', 'libs', 'deep', 'deep/er'],
  );

  it.for([
    ['web', [], 'web'],
    ['web', ['page.html', 'src'], 'web'],
    ['web', [''], 'web'],
    ['web', ['web/page.html'], '.'],
    ['web', ['package.json', 'libs/'], '.'],
    ['web', ['*.html'], 'web'],
    ['web', ['libs/*.ts'], '.'],
    ['web', ['dist/made-by-a-build'], 'web'],
    ['web', ['page.html', 'dist/missing'], 'web'],
    ['deep/er', ['go.mod'], 'deep'],
    ['.', ['missing'], '.'],
    ['web', ['../package.json'], 'web'],
  ] as const)('of %s with the sources %j is %s', ([folder, sources, context]) => {
    expect(buildContext(folder, sources, tree).context).toBe(context);
  });

  it('says why it is another folder', () => {
    expect(buildContext('web', ['libs'], tree).contextReason).toBe('it copies `libs`');
    expect(buildContext('web', ['page.html'], tree).contextReason).toBeUndefined();
  });
});

describe('findDockerfile', () => {
  const options = { project: 'shop', tree: projectTree(['web/Dockerfile', 'main.go'], ['web']) };

  it('reads context and ports', () => {
    const text =
      'FROM a AS build\nEXPOSE 1\nCOPY main.go /\nFROM b\nEXPOSE 80/tcp 53/udp 8080 $PORT\nCOPY --from=build /x /\n';
    expect(findDockerfile('web/Dockerfile', text, options).builder).toMatchObject({
      ...{ type: 'docker', path: 'web/Dockerfile', context: '.', ports: [1, 80, 8080], isVariant: false },
    });
  });

  it.for([
    ['', {}],
    ['just a text', {}],
    ['\0\x01binary', {}],
    [
      'FROM a\nRUNN x\n',
      {
        leftOut: {
          what: 'web/Dockerfile',
          why: expect.stringMatching(/^web\/Dockerfile:2:1: D002 /) as string,
          help: 'slipway explain D002',
        },
      },
    ],
    ['ARG X\nFROM $X\n', { leftOut: { why: expect.stringContaining('D018') as string } }],
  ] as const)('of %j', ([text, found]) => {
    const { builder, leftOut } = findDockerfile('web/Dockerfile', text, options);
    expect(builder).toBeUndefined();
    expect({ ...(leftOut && { leftOut }) }).toMatchObject(found);
  });

  it('takes build arguments that a caller has', () => {
    const { builder } = findDockerfile('web/Dockerfile', 'ARG X\nFROM $X\n', {
      ...options,
      args: { X: 'base' },
      context: '.',
    });
    expect(builder).toMatchObject({ args: { X: 'base' }, context: '.' });
  });
});
