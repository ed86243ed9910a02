import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withDefaultRepo } from './default-repo.ts';

const aws = '1234.dkr.ecr.eu-west-1.amazonaws.com';
const digest = `sha256:${'a'.repeat(64)}`;

test.each<readonly [string, string, boolean | undefined, string]>([
  ['app', '', undefined, 'app'],
  ['app:v1', 'gcr.io/my-project', undefined, 'gcr.io/my-project/app:v1'],
  [`app@${digest}`, 'gcr.io/my-project', undefined, `gcr.io/my-project/app@${digest}`],
  [`app:v1@${digest}`, 'r.example', undefined, `r.example/app:v1@${digest}`],
  // Google's registries: the whole name, but a common project once.
  ['gcr.io/some/app', 'gcr.io/my-project', undefined, 'gcr.io/my-project/gcr.io/some/app'],
  ['gcr.io/my-project/app', 'gcr.io/my-project', undefined, 'gcr.io/my-project/app'],
  ['gcr.io/my-project/team/app', 'gcr.io/my-project/mine', undefined, 'gcr.io/my-project/mine/team/app'],
  ['eu.gcr.io/my-project/app', 'gcr.io/my-project/mine', undefined, 'gcr.io/my-project/mine/eu.gcr.io/my-project/app'],
  ['gcr.io/my-project/mine/app', 'gcr.io/my-project/mine', undefined, 'gcr.io/my-project/mine/app'],
  [
    'europe-docker.pkg.dev/my-project/a/app',
    'europe-docker.pkg.dev/my-project/b',
    undefined,
    'europe-docker.pkg.dev/my-project/b/a/app',
  ],
  // A name that begins alike is another project.
  ['gcr.io/my-project-2/app', 'gcr.io/my-project', undefined, 'gcr.io/my-project/gcr.io/my-project-2/app'],
  // No project of Google has so short a name.
  ['team/app', 'gcr.io/foo', undefined, 'gcr.io/foo/team_app'],
  // Others: one level.
  ['gcr.io/some/app', aws, undefined, `${aws}/gcr_io_some_app`],
  ['localhost:5000/a_b', 'r.example/team', undefined, 'r.example/team/localhost_5000_a_b'],
  ['r.example/team/app', 'r.example/team', undefined, 'r.example/team/app'],
  ['r.example/team', 'r.example/team', undefined, 'r.example/team'],
  ['r.example/teams/app', 'r.example/team', undefined, 'r.example/team/r_example_teams_app'],
  ['team/app', 'r.example/', undefined, 'r.example/team_app'],
  // Said by `multi-level-repo`.
  ['team/app', 'r.example', true, 'r.example/team/app'],
  ['gcr.io/some/app', 'localhost:5000', true, 'localhost:5000/gcr.io/some/app'],
  ['r.example/my-team/app', 'r.example/my-team/mine', true, 'r.example/my-team/mine/app'],
  ['team/app', 'gcr.io/my-project', false, 'gcr.io/my-project/team_app'],
])('%s below %s, any depth: %s', (image, repository, multiLevel, expected) => {
  expect(withDefaultRepo(image, { repository, ...(multiLevel !== undefined && { multiLevel }) })).toBe(expected);
});

test.each([undefined, true])('a name is cut at 255 characters, before its tag', (multiLevel) => {
  const image = withDefaultRepo(`a/${'b'.repeat(300)}:v1`, {
    repository: 'r.example',
    ...(multiLevel !== undefined && { multiLevel }),
  });
  expect(image).toMatch(/^r\.example\/a[_/]b{243}:v1$/);
  expect(image.length).toBe(255 + ':v1'.length);
});

test('a name stays where it is when it is moved again', () => {
  const component = fc.stringMatching(/^[a-z]{1,8}$/);
  const name = fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
  const repository = fc.tuple(fc.constantFrom('r.example', 'gcr.io/my-project', 'localhost:5000'), name);
  fc.assert(
    fc.property(name, repository, fc.option(fc.boolean(), { nil: undefined }), (image, [host, path], multiLevel) => {
      const repo = { repository: `${host}/${path}`, ...(multiLevel !== undefined && { multiLevel }) };
      const once = withDefaultRepo(image, repo);
      expect(once.startsWith(`${repo.repository}/`)).toBe(true);
      expect(withDefaultRepo(once, repo)).toBe(once);
    }),
  );
});
