import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitProject } from '../../../test/rigs/git-project.ts';
import { configurationsOf, lineOf } from '../../../test/rigs/skaffold-configurations.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { openTreeIndex } from '../../workspace/index/tree-index.ts';
import { imageReferences } from './image-references.ts';
import { readArtifacts } from './read-artifacts.ts';

describe('image references', () => {
  const surroundings = {
    environment: () => undefined,
    now: Date.UTC(2026, 0, 2, 3, 4, 5),
    zone: 'UTC',
    randomBytes: (count: number) => Buffer.alloc(count),
    run: () => ({ failure: 'no programs' }),
  };

  let project: GitProject;
  beforeEach(() => {
    project = new GitProject();
  });
  afterEach(() => project[Symbol.dispose]());

  async function references(
    policy: string,
    request: { tag?: string; defaultRepo?: string; env?: Record<string, string> } = {},
    images = '[{ image: app }, { image: r.example/api }]',
  ) {
    const found: Diagnostic[] = [];
    const report = (one: Diagnostic) => void found.push(one);
    const artifacts = readArtifacts(
      await configurationsOf(`build:\n  tagPolicy: ${policy}\n  artifacts: ${images}\n`),
      { images: [], env: {}, expand: () => '' },
      report,
    ).map((artifact) => ({ ...artifact, context: project.repo }));
    const { env = {}, ...rest } = request;
    const map = await imageReferences(
      artifacts,
      { env: { ...project.environment, ...env }, ...rest },
      { surroundings, index: openTreeIndex(path.join(project.repo, '..', 'files'), Date.now) },
      new AbortController().signal,
      report,
    );
    return { images: Object.fromEntries(map), found: found.map(lineOf) };
  }

  describe('the image of each artifact', () => {
    it.each<[string, string, Parameters<typeof references>[1], string]>([
      ['sha256', '{ sha256: {} }', {}, 'latest'],
      ['a template', '{ envTemplate: { template: "{{.V}}" } }', { env: { V: 'v1' } }, 'v1'],
      ['the time', '{ dateTime: { format: "2006-01-02_15-04", timezone: UTC } }', {}, '2026-01-02_03-04'],
      ['--tag', '{ gitCommit: {} }', { tag: 'mine' }, 'mine'],
      ['--tag, whatever the policy', '{ envTemplate: { template: "{{.MISSING}}" } }', { tag: 'mine' }, 'mine'],
    ])('has the tag of %s', async (_, policy, request, tag) => {
      expect(await references(policy, request)).toEqual({
        images: { app: `app:${tag}`, 'r.example/api': `r.example/api:${tag}` },
        found: [],
      });
    });

    it('has the tag of the commit', async () => {
      project.write({ file: '1' });
      const commit = project.commit('one');
      expect((await references('{ gitCommit: { variant: CommitSha } }')).images).toMatchObject({
        app: `app:${commit}`,
      });
      project.git(project.repo, 'tag', 'v3');
      expect((await references('{ gitCommit: {} }')).images).toMatchObject({ app: 'app:v3' });
      project.write({ file: '2' });
      expect((await references('{ gitCommit: {} }')).images).toMatchObject({ app: 'app:v3-dirty' });
      expect((await references('{ gitCommit: { ignoreChanges: true } }')).images).toMatchObject({ app: 'app:v3' });
    });

    it('is moved to the default repository', async () => {
      const { images } = await references('{ sha256: {} }', { defaultRepo: 'other.example/team' });
      expect(images['app']).toBe('other.example/team/app:latest');
    });
  });

  describe('a mistake in a tag policy', () => {
    it.each<[string, string, RegExp]>([
      ['an invalid template', '{ envTemplate: { template: "{{" } }', /^S07\d 2:14 /],
      ['an invalid tag', '{ envTemplate: { template: "a b" } }', /^S071 2:14 .*`a b`/],
    ])('%s is reported at the policy', async (_, policy, expected) => {
      const { images, found } = await references(policy, {}, '[{ image: app }]');
      expect(images).toEqual({});
      expect(found).toEqual([expect.stringMatching(expected)]);
    });

    it('on the command line has no place', async () => {
      const { found } = await references('{ sha256: {} }', { tag: 'a b' }, '[{ image: app }]');
      expect(found).toEqual([expect.stringMatching(/^S071 - /)]);
    });

    it.each([
      ['no commit', '{ gitCommit: {} }'],
      ['an undefined variable', '{ envTemplate: { template: "{{.MISSING}}" } }'],
    ])('with %s is a warning, and another tag is used', async (_, policy) => {
      const { images, found } = await references(policy, {}, '[{ image: app }]');
      expect(images).toEqual({ app: 'app:latest' });
      expect(found).toEqual([expect.stringMatching(/^S070 2:14 /)]);
    });

    it('is one warning for all images', async () => {
      const { images, found } = await references('{ gitCommit: {} }', {}, '[{ image: app }, { image: web }]');
      expect(images).toEqual({ app: 'app:latest', web: 'web:latest' });
      expect(found).toEqual([expect.stringMatching(/^S070 2:14 .*`app`, `web`/)]);
    });
  });
});
