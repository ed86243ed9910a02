import { describe, expect, it } from 'vitest';
import { locatedYaml } from '../../../test/rigs/located-yaml.ts';
import { lineOf } from '../../../test/rigs/skaffold-configurations.ts';
import type { LocatedMap } from '../../diagnostics/yaml/located.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { newestTypes } from '../schema/newest-types.ts';
import { checkRules } from './check-rules.ts';

function found(yaml: string): readonly string[] {
  const diagnostics: Diagnostic[] = [];
  // `lineOf` counts from the third line.
  const document = locatedYaml(`apiVersion: skaffold/v4beta14\nkind: Config\n${yaml}`);
  checkRules(document as LocatedMap, newestTypes, (one) => diagnostics.push(one));
  return diagnostics.map(lineOf);
}

describe('the rules of a configuration', () => {
  it.each([
    'build: {artifacts: [{image: app}]}',
    'build: {artifacts: [{image: app, docker: {}}, {image: api, custom: {buildCommand: make}}]}',
    'build: {tagPolicy: {gitCommit: {variant: tagS}}, local: {}}',
    'build: {artifacts: [{image: app, jib: {type: ""}}]}',
    'unknown: {image: 1}',
    'constructor: {}',
    '',
  ])('allow %s', (yaml) => expect(found(yaml)).toEqual([]));

  it.each([
    ['a required field of a list', 'build: {artifacts: [{context: app}]}', ['S058 1:21 an artifact has no `image`']],
    [
      'a required field of an item with a name',
      'build: {artifacts: [{image: app, requires: [{alias: A}]}]}',
      ['S058 1:45 a required image has no `image`'],
    ],
    [
      'two fields that exclude each other',
      'build: {artifacts: [{image: app, docker: {}, ko: {}}]}',
      ['S059 1:46 an artifact (`app`) has `ko` beside `docker`'],
    ],
    [
      'each further one, wherever it stands',
      'build: {googleCloudBuild: {}, local: {}, cluster: {}}',
      [
        'S059 1:9 the build section has `googleCloudBuild` beside `local`',
        'S059 1:42 the build section has `cluster` beside `local`',
      ],
    ],
    [
      'a value that means nothing',
      'build: {artifacts: [{image: app, jib: {type: mavn}}], tagPolicy: {gitCommit: {variant: Tag}}}',
      [
        'S027 1:46 `type` is `mavn`, but must be `maven` or `gradle`',
        'S027 1:88 `variant` is `Tag`, but must be `Tags`, `CommitSha`, `AbbrevCommitSha`, `TreeSha` or `AbbrevTreeSha`',
      ],
    ],
    [
      'every mistake at once',
      'build: {artifacts: [{image: app, docker: {}, custom: {}}, {}]}\ndeploy: {helm: {releases: [{chartPath: x}]}}',
      [
        'S059 1:46 an artifact (`app`) has `custom` beside `docker`',
        'S058 1:59 an artifact has no `image`',
        'S058 2:28 a Helm release has no `name`',
      ],
    ],
  ])('find %s', (_, yaml, expected) => expect(found(yaml)).toEqual(expected));
});
