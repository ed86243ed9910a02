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
    'build: {artifacts: [{image: app, requires: [{image: team/base, alias: BASE_1}, {image: base}]}]}',
    'build: {artifacts: [{image: app, ko: {}, requires: [{image: team/base}]}]}',
    'build: {artifacts: [{image: app, sync: {manual: [{src: "css/**", dest: ., strip: css/}, {src: a, dest: .}]}}]}',
    'build: {artifacts: [{image: app, custom: {dependencies: {paths: [a], ignore: [b]}}}]}',
    'portForward: [{resourceType: Service}, {resourceType: statefulset}]',
    'build: {artifacts: [{image: a, docker: {network: "container:db_1"}}, {image: b, docker: {network: host}}]}',
    'build: {artifacts: [{image: app, ko: {main: ./cmd/app}, sync: {infer: ["kodata/**/*"]}}]}',
    'build: {artifacts: [{image: app, ko: {main: ./...}}]}',
    'test: [{image: app, custom: [{command: a, dependencies: {paths: [a], ignore: [b]}}]}]',
    'verify: [{name: a, container: {name: a, image: a}}, {name: b, container: {name: b, image: a}}]',
    'customActions: [{name: a, executionMode: {local: {}}, containers: [{name: c, image: i}]}]',
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
      ['S059 1:46 `ko` excludes `docker` in an artifact (`app`)'],
    ],
    [
      'each further one, wherever it stands',
      'build: {googleCloudBuild: {}, local: {}, cluster: {}}',
      [
        'S059 1:9 `googleCloudBuild` excludes `local` in the build section',
        'S059 1:42 `cluster` excludes `local` in the build section',
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
      'an alias that is no name of a variable',
      'build: {artifacts: [{image: app, requires: [{image: team/base}, {image: b, alias: 1b}]}]}',
      ['S027 1:83 `alias` is `1b`, but must be letters, digits and `_`, without a digit first'],
    ],
    [
      'two images with one alias',
      'build: {artifacts: [{image: app, requires: [{image: a, alias: B}, {image: b, alias: B}]}]}',
      ['S027 1:85 `alias` is `B`, but must be different from the other aliases of the artifact'],
    ],
    [
      'a part of a path that is not there',
      'build: {artifacts: [{image: app, sync: {manual: [{src: "css/**", dest: ., strip: js/}]}}]}',
      ['S027 1:82 `strip` is `js/`, but must be the beginning of `css/**`'],
    ],
    [
      'files to ignore without paths',
      'build: {artifacts: [{image: app, custom: {dependencies: {command: ls, ignore: [b]}}}]}',
      ['S059 1:71 `ignore` excludes `command` in dependencies of a custom artifact'],
    ],
    [
      'objects whose ports cannot be forwarded',
      'portForward: [{resourceType: Ingress}, {port: 80}]',
      [
        'S027 1:30 `resourceType` is `Ingress`, but must be `container`, `pod`, `deployment`, `service`, `replicaset`, ' +
          '`replicationcontroller`, `statefulset`, `daemonset`, `cronjob` or `job`',
        'S058 1:40 a forwarded port has no `resourceType`',
      ],
    ],
    [
      'networks of containers without a name',
      'build: {artifacts: [{image: app, docker: {network: "Container:-x"}}]}',
      ['S027 1:52 `network` is `Container:-x`, but must be `container:` and the name of a container'],
    ],
    [
      'files that ko cannot sync',
      'build: {artifacts: [{image: app, ko: {main: ./...}, sync: {infer: [kodata/a, static/a]}}]}',
      [
        'S027 1:45 `main` is `./...`, but must be one package, without `...`, beside `infer`',
        'S027 1:78 `infer` is `static/a`, but must be a pattern with `kodata`, such as `kodata/**/*`',
      ],
    ],
    [
      'files that a test ignores without paths',
      'test: [{image: app, custom: [{command: a, dependencies: {ignore: [b]}}]}]',
      ['S058 1:57 a section `dependencies` with `ignore` has no `paths`'],
    ],
    [
      'verifications and actions with one name',
      'verify: [{name: a, container: {name: c, image: i}}, {name: a, container: {name: c, image: i}}]\n' +
        'customActions: [{name: a, containers: [{name: c, image: i}]}, {name: a, containers: [{name: c, image: i}]}]',
      [
        'S027 1:60 `name` is `a`, but must be different from the other verifications',
        'S027 1:81 `name` is `c`, but must be different from the other containers of verifications',
        'S027 2:70 `name` is `a`, but must be different from the other custom actions',
        'S027 2:93 `name` is `c`, but must be different from the other containers of custom actions',
      ],
    ],
    [
      'two places of an action',
      'customActions: [{name: a, executionMode: {local: {}, kubernetesCluster: {}}, containers: [{name: c, image: i}]}]',
      ['S059 1:54 `kubernetesCluster` excludes `local` in an execution mode'],
    ],
    [
      'every mistake at once',
      'build: {artifacts: [{image: app, docker: {}, custom: {}}, {}]}\ndeploy: {helm: {releases: [{chartPath: x}]}}',
      [
        'S059 1:46 `custom` excludes `docker` in an artifact (`app`)',
        'S058 1:59 an artifact has no `image`',
        'S058 2:28 a Helm release has no `name`',
      ],
    ],
  ])('find %s', (_, yaml, expected) => expect(found(yaml)).toEqual(expected));
});
