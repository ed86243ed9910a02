import { describe, expect, it } from 'vitest';
import type { DockerProject, ProjectBuilder, ProjectImage } from '../../engine/project-initializer.ts';
import { projectTree } from './build-context.ts';
import { findDockerfile } from './find-dockerfile.ts';
import { matchImages } from './match-images.ts';

const noTree = projectTree([], []);

function docker(path: string, project = 'shop'): DockerProject {
  const { builder } = findDockerfile(path, 'FROM scratch\n', { project, tree: noTree });
  if (!builder) throw new Error(`${path} is no Dockerfile`);
  return builder;
}

function image(written: string): ProjectImage {
  return { name: written.replace(/:.*/, ''), written, at: 'k8s.yaml:1:1', pinned: /:(?!latest)/.test(written) };
}

function match(images: readonly string[], paths: readonly string[]) {
  const { artifacts, questions, unmatched, unused } = matchImages(
    images.map(image),
    paths.map((path) => docker(path)),
    new Map(),
  );
  return {
    pairs: artifacts.map((one) => `${one.image} ${one.builder.path}`),
    questions: questions.map(
      (one) => `${one.image.name}${one.isOptional ? '?' : ''} ${one.candidates.map(({ path }) => path).join(' ')}`,
    ),
    unmatched: unmatched.map(({ name }) => name),
    unused: unused.map(({ path }) => path),
  };
}

const none = { pairs: [], questions: [], unmatched: [], unused: [] };

describe('matchImages', () => {
  it.for([
    ['the folder', ['gcr.io/p/web'], ['web/Dockerfile', 'api/Dockerfile'], ['gcr.io/p/web web/Dockerfile']],
    [
      'a folder with other separators',
      ['cart_service'],
      ['cartService/Dockerfile', 'x/Dockerfile'],
      ['cart_service cartService/Dockerfile'],
    ],
    [
      'the folder above one that says nothing',
      ['cart'],
      ['cart/src/Dockerfile', 'pay/src/Dockerfile'],
      ['cart cart/src/Dockerfile'],
    ],
    [
      'the folder and the one above',
      ['leeroy-web'],
      ['leeroy/web/Dockerfile', 'leeroy/app/Dockerfile'],
      ['leeroy-web leeroy/web/Dockerfile'],
    ],
    ['the suffix of the file', ['me/api'], ['Dockerfile.web', 'Dockerfile.api'], ['me/api Dockerfile.api']],
    ['the prefix of the file', ['shop-api'], ['web.Dockerfile', 'api.Dockerfile'], ['shop-api api.Dockerfile']],
    ['the project', ['me/shop'], ['Dockerfile', 'tools/Dockerfile'], ['me/shop Dockerfile']],
    [
      'one of the words',
      ['acme-frontend-app'],
      ['frontend/Dockerfile', 'backend/Dockerfile'],
      ['acme-frontend-app frontend/Dockerfile'],
    ],
    [
      'the folders before the name',
      ['x/a/web', 'x/b/web'],
      ['b/web/Dockerfile', 'a/web/Dockerfile'],
      ['x/a/web a/web/Dockerfile', 'x/b/web b/web/Dockerfile'],
    ],
    ['the main Dockerfile before a variant', ['web'], ['web/Dockerfile', 'web/Dockerfile.dev'], ['web web/Dockerfile']],
    [
      'a variant if the image has its name',
      ['web-dev'],
      ['web/Dockerfile', 'web/Dockerfile.dev'],
      ['web-dev web/Dockerfile.dev'],
    ],
    [
      'the better one first',
      ['web', 'web-admin'],
      ['web/Dockerfile', 'admin/Dockerfile'],
      ['web web/Dockerfile', 'web-admin admin/Dockerfile'],
    ],
    ['the only ones', ['acme/thing'], ['src/main/docker/Dockerfile'], ['acme/thing src/main/docker/Dockerfile']],
    ['the only one without a version', ['redis:7', 'acme/thing'], ['Dockerfile'], ['acme/thing Dockerfile']],
    ['the only main Dockerfile', ['thing'], ['x/Dockerfile', 'x/Dockerfile.test'], ['thing x/Dockerfile']],
  ] as const)('matches by %s', ([, images, paths, pairs]) => {
    const { questions, ...found } = match(images, paths);
    expect([found.pairs, questions]).toEqual([pairs, []]);
  });

  it('asks if several builders fit', () => {
    expect(match(['web', 'api'], ['a/web/Dockerfile', 'b/web/Dockerfile', 'api/Dockerfile'])).toEqual({
      ...none,
      pairs: ['api api/Dockerfile'],
      questions: ['web a/web/Dockerfile b/web/Dockerfile'],
    });
  });

  it('asks if a builder fits several images', () => {
    expect(match(['x/web', 'y/web'], ['web/Dockerfile'])).toEqual({
      ...none,
      questions: ['x/web web/Dockerfile', 'y/web web/Dockerfile'],
    });
  });

  it('gives what it asks about to no other image', () => {
    const { pairs, questions } = match(['web', 'web-shop'], ['a/web/Dockerfile', 'b/web/Dockerfile']);
    expect([pairs, questions]).toEqual([[], ['web a/web/Dockerfile b/web/Dockerfile']]);
  });

  it('asks if nothing is certain', () => {
    expect(match(['one', 'two'], ['a/Dockerfile', 'b/Dockerfile'])).toEqual({
      ...none,
      questions: ['one a/Dockerfile b/Dockerfile', 'two a/Dockerfile b/Dockerfile'],
    });
  });

  it('needs no answer if others are certain', () => {
    expect(match(['web', 'busybox', 'redis:7'], ['web/Dockerfile', 'tools/Dockerfile'])).toEqual({
      pairs: ['web web/Dockerfile'],
      questions: ['busybox? tools/Dockerfile'],
      unmatched: ['busybox', 'redis'],
      unused: ['tools/Dockerfile'],
    });
  });

  it('asks nothing without images or builders', () => {
    expect(match([], ['Dockerfile'])).toEqual({ ...none, unused: ['Dockerfile'] });
    expect(match(['web'], [])).toEqual({ ...none, unmatched: ['web'] });
  });

  it('believes the image that the project names, and then the user', () => {
    const jib: ProjectBuilder = {
      ...{ type: 'jib', tool: 'maven', path: 'web/pom.xml', context: 'web', names: ['web'], ports: [] },
      ...{ image: 'acme/api', imageFrom: 'the Jib plugin' },
    };
    const other = docker('api/Dockerfile');
    const images = [image('acme/api'), image('web')];
    const certain = matchImages(images, [other, jib], new Map());
    expect(certain.artifacts).toMatchObject([{ image: 'acme/api', builder: jib, why: 'the Jib plugin names it' }]);
    const answered = matchImages(
      images,
      [other, jib],
      new Map<string, ProjectBuilder | null>([
        ['acme/api', other],
        ['web', null],
      ]),
    );
    expect(answered.artifacts).toMatchObject([{ image: 'acme/api', builder: other, why: 'you chose it' }]);
    expect(answered.unmatched).toEqual([images[1]]);
  });

  it('prefers a Dockerfile to Jib in one folder', () => {
    const jib: ProjectBuilder = {
      ...{ type: 'jib', tool: 'maven', path: 'web/pom.xml', context: 'web', names: ['web'], ports: [] },
    };
    expect(matchImages([image('web')], [jib, docker('web/Dockerfile')], new Map()).artifacts[0]?.builder.type).toBe(
      'docker',
    );
  });

  it('asks about each of many images that fit everything', () => {
    const many = Array.from({ length: 300 }, (_, i) => i);
    const { pairs, questions } = match(
      many.map((i) => `r${i}/web`),
      many.map((i) => `d${i}/web/Dockerfile`),
    );
    expect([pairs.length, questions.length]).toEqual([0, 300]);
  });
});
