import { describe, expect, it } from 'vitest';
import { SourceText } from '../../../diagnostics/source-text.ts';
import { plainValue, type LocatedMap } from '../../../diagnostics/yaml/located.ts';
import { readYaml } from '../../../diagnostics/yaml/read-yaml.ts';
import type { Diagnostic } from '../../../model/diagnostic.ts';
import { oldVersions } from './old-versions.ts';

function located(text: string): LocatedMap {
  const root = readYaml(new SourceText('skaffold.yaml', text), (diagnostic) => {
    throw new Error(diagnostic.message);
  });
  if (root?.kind !== 'map') throw new Error('no map');
  return root;
}

function upgraded(name: string, text: string): { readonly document: LocatedMap; readonly problems: Diagnostic[] } {
  const version = oldVersions.find((one) => one.name === name);
  const problems: Diagnostic[] = [];
  const document = located(text);
  return {
    document: version?.upgrade?.(document, (diagnostic) => problems.push(diagnostic)) ?? document,
    problems,
  };
}

/** Shows each mistake with its place. */
const shown = (problems: readonly Diagnostic[]) =>
  problems.map(({ code, message, place }) => `${place?.line}:${place?.column} ${code} ${message}`);

interface Case {
  readonly version: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

const cases: readonly Case[] = [
  {
    version: 'v1alpha1',
    name: 'moves Docker settings below `docker`',
    from: `
build:
  artifacts:
  - imageName: web
    workspace: web
    dockerfilePath: Dockerfile.web
    buildArgs: {VERSION: "1", EMPTY: null}
  - imageName: args
    buildArgs: {A: b}
  - imageName: plain`,
    to: `
build:
  artifacts:
  - imageName: web
    workspace: web
    docker:
      dockerfilePath: Dockerfile.web
      buildArgs: {VERSION: "1", EMPTY: null}
  - imageName: args
    docker:
      buildArgs: {A: b}
  - imageName: plain`,
  },
  {
    version: 'v1alpha1',
    name: 'makes a map of the tag policy',
    from: 'build: {tagPolicy: sha256}',
    to: 'build: {tagPolicy: {sha256: {}}}',
  },
  {
    version: 'v1alpha1',
    name: 'makes one list of the paths of all manifests',
    from: 'deploy: {name: demo, kubectl: {manifests: [{paths: [a.yaml, b.yaml]}, {paths: [c.yaml]}, {}]}}',
    to: 'deploy: {name: demo, kubectl: {manifests: [a.yaml, b.yaml, c.yaml]}}',
  },
  {
    version: 'v1alpha2',
    name: 'moves the bucket below the build context, and makes a list of the values file',
    from: `
build:
  kaniko: {gcsBucket: sources, namespace: builds}
deploy:
  helm: {releases: [{name: a, valuesFilePath: values.yaml}, {name: b}]}
profiles:
- name: ci
  build:
    kaniko: {gcsBucket: ci, timeout: 20m}
  deploy:
    helm:
      releases: [{name: a, valuesFilePath: ci.yaml}]`,
    to: `
build:
  kaniko: {buildContext: {gcsBucket: sources}, namespace: builds}
deploy:
  helm: {releases: [{name: a, valuesFiles: [values.yaml]}, {name: b}]}
profiles:
- name: ci
  build:
    kaniko: {buildContext: {gcsBucket: ci}, timeout: 20m}
  deploy:
    helm:
      releases: [{name: a, valuesFiles: [ci.yaml]}]`,
  },
  {
    version: 'v1alpha3',
    name: 'renames fields of artifacts and of kustomize, and inverts `skipPush`',
    from: `
build:
  artifacts:
  - imageName: web
    workspace: web
    docker: {dockerfilePath: Dockerfile.web, target: final}
  local: {skipPush: true, useBuildkit: true}
deploy:
  kustomize: {kustomizePath: overlays/dev}
profiles:
- name: ci
  build:
    artifacts: [{imageName: ci, workspace: ci}]
    local: {skipPush: false}
  deploy:
    kustomize: {kustomizePath: overlays/ci}`,
    to: `
build:
  artifacts:
  - image: web
    context: web
    docker: {dockerfile: Dockerfile.web, target: final}
  local: {push: false, useBuildkit: true}
deploy:
  kustomize: {path: overlays/dev}
profiles:
- name: ci
  build:
    artifacts: [{image: ci, context: ci}]
    local: {push: true}
  deploy:
    kustomize: {path: overlays/ci}`,
  },
  {
    version: 'v1beta4',
    name: 'says that local builds do not use BuildKit',
    from: `
build:
  local: {push: false}
profiles:
- name: on
  build: {local: {useBuildkit: true}}
- name: off
  build: {local: {}}
- name: none
  build: {}`,
    to: `
build:
  local: {push: false, useBuildkit: false}
profiles:
- name: on
  build: {local: {useBuildkit: true}}
- name: off
  build: {local: {useBuildkit: false}}
- name: none
  build: {}`,
  },
  {
    version: 'v1beta6',
    name: 'splits the Kaniko build into the cluster and each artifact',
    from: `
build:
  artifacts:
  - image: web
    docker: {dockerfile: Dockerfile.web}
  - image: api
  kaniko:
    buildContext: {gcsBucket: sources}
    cache: {repo: cache}
    flags: [--verbosity=debug]
    image: kaniko
    pullSecret: key.json
    pullSecretName: key
    namespace: builds
    timeout: 20m
    dockerConfig: {secretName: docker}
profiles:
- name: ci
  build:
    artifacts: [{image: ci}]
    kaniko: {}
- name: without
  build:
    artifacts: [{image: plain}]
    local: {}
- name: alone
  build:
    kaniko: {cache: {}}`,
    to: `
build:
  artifacts:
  - image: web
    docker: {dockerfile: Dockerfile.web}
    kaniko: &kaniko
      buildContext: {gcsBucket: sources}
      cache: {repo: cache}
      flags: [--verbosity=debug]
      image: kaniko
  - image: api
    kaniko: *kaniko
  cluster:
    pullSecret: key.json
    pullSecretName: key
    namespace: builds
    timeout: 20m
    dockerConfig: {secretName: docker}
profiles:
- name: ci
  build:
    artifacts: [{image: ci, kaniko: {}}]
    cluster: {}
- name: without
  build:
    artifacts: [{image: plain}]
    local: {}
- name: alone
  build:
    cluster: {}`,
  },
  {
    version: 'v1beta8',
    name: 'puts properties of plugins and environments under their names',
    from: `
build:
  executionEnvironment:
    name: googleCloudBuild
    properties: {projectId: demo}
  artifacts:
  - image: bazel
    plugin:
      name: bazel
      properties: {target: //:app.tar}
  - image: docker
    docker: {dockerfile: ignored}
    plugin:
      name: docker
      properties: {dockerfile: Dockerfile.app}
  - image: bare
    plugin: {name: docker}
  - image: other
    plugin: {name: other, properties: {a: b}}
profiles:
- name: here
  build:
    executionEnvironment: {name: local}
- name: there
  build:
    executionEnvironment: {name: elsewhere}
    artifacts:
    - image: ci
      plugin: {name: bazel, properties: {target: //:ci.tar}}`,
    to: `
build:
  googleCloudBuild: {projectId: demo}
  artifacts:
  - image: bazel
    bazel: {target: //:app.tar}
  - image: docker
    docker: {dockerfile: Dockerfile.app}
  - image: bare
    docker: {}
  - image: other
    plugin: {name: other, properties: {a: b}}
profiles:
- name: here
  build:
    local: {}
- name: there
  build:
    executionEnvironment: {name: elsewhere}
    artifacts:
    - image: ci
      bazel: {target: //:ci.tar}`,
  },
  {
    version: 'v1beta9',
    name: 'makes sync rules of the sync map',
    from: `
build:
  artifacts:
  - image: web
    sync:
      '*.py': .
      css/*.css: app/css
      src/***/*.js: dist
  - image: none
    sync: {}
  - image: plain
profiles:
- name: dev
  build:
    artifacts:
    - image: web
      sync: {'public/*': /srv}`,
    to: `
build:
  artifacts:
  - image: web
    sync:
      manual:
      - {src: '*.py', dest: .}
      - {src: css/*.css, dest: app/}
      - {src: src/**/*.js, dest: dist, strip: src/}
  - image: none
    sync: {}
  - image: plain
profiles:
- name: dev
  build:
    artifacts:
    - image: web
      sync:
        manual: [{src: 'public/*', dest: /srv, strip: public/}]`,
  },
  {
    version: 'v1beta13',
    name: 'makes one Jib artifact of both kinds',
    from: `
build:
  artifacts:
  - image: module
    jibMaven: {module: app, profile: prod, args: [-DskipTests]}
  - image: profile
    jibMaven: {profile: prod}
  - image: bare
    jibMaven: {}
  - image: gradle
    jibGradle: {project: app, args: [--no-build-cache]}
  - image: both
    jibMaven: {module: first}
    jibGradle: {project: second}
profiles:
- name: ci
  build:
    artifacts: [{image: ci, jibGradle: {}}]`,
    to: `
build:
  artifacts:
  - image: module
    jib: {project: app, args: [-DskipTests, --activate-profiles, prod], type: maven}
  - image: profile
    jib: {args: [--activate-profiles, prod], type: maven}
  - image: bare
    jib: {type: maven}
  - image: gradle
    jib: {project: app, args: [--no-build-cache], type: gradle}
  - image: both
    jib: {project: first, type: maven}
    jibGradle: {project: second}
profiles:
- name: ci
  build:
    artifacts: [{image: ci, jib: {type: gradle}}]`,
  },
  {
    version: 'v2alpha1',
    name: 'moves the init image out of the build context',
    from: `
build:
  artifacts:
  - image: init
    kaniko: {buildContext: {localDir: {initImage: alpine}}, target: final}
  - image: local
    kaniko: {buildContext: {localDir: {}}}
  - image: bucket
    kaniko: {buildContext: {gcsBucket: sources}}
  - image: both
    kaniko: {buildContext: {gcsBucket: sources, localDir: {initImage: alpine}}}
  - image: none
    kaniko: {}
profiles:
- name: ci
  build:
    artifacts: [{image: ci, kaniko: {buildContext: {localDir: {initImage: busybox}}}}]`,
    to: `
build:
  artifacts:
  - image: init
    kaniko: {initImage: alpine, target: final}
  - image: local
    kaniko: {}
  - image: bucket
    kaniko: {buildContext: {gcsBucket: sources}}
  - image: both
    kaniko: {buildContext: {gcsBucket: sources}, initImage: alpine}
  - image: none
    kaniko: {}
profiles:
- name: ci
  build:
    artifacts: [{image: ci, kaniko: {initImage: busybox}}]`,
  },
  {
    version: 'v2alpha2',
    name: 'makes a list of the path of kustomize',
    from: `
deploy:
  kustomize: {path: overlays/dev, buildArgs: [--reorder]}
profiles:
- name: ci
  deploy:
    kustomize: {path: overlays/ci}
- name: default
  deploy:
    kustomize: {}`,
    to: `
deploy:
  kustomize: {paths: [overlays/dev], buildArgs: [--reorder]}
profiles:
- name: ci
  deploy:
    kustomize: {paths: [overlays/ci]}
- name: default
  deploy:
    kustomize: {}`,
  },
];

describe('upgrades of the old versions', () => {
  it.each(cases)('$version: $name', ({ version, from, to }) => {
    const { document, problems } = upgraded(version, from);
    expect(plainValue(document)).toEqual(plainValue(located(to)));
    expect(shown(problems)).toEqual([]);
  });

  it('change nothing in a document without the fields of old versions', () => {
    const text = `
apiVersion: skaffold/v1
build:
  artifacts:
  - image: web
    context: web
    docker: {dockerfile: Dockerfile}
  local: {push: false, useBuildkit: true}
deploy:
  kubectl: {flags: {global: [--context=dev]}}
  helm: {releases: [{name: a, valuesFiles: [a.yaml]}]}
  kustomize: {flags: {apply: [--force]}}
profiles:
- name: ci
  patches: [{op: replace, path: /deploy/kustomize/path, value: a}]`;
    const all = oldVersions.filter(({ upgrade }) => upgrade).map(({ name }) => upgraded(name, text).document);
    expect(all).toEqual(all.map(() => located(text)));
  });

  it('refuse builds with Azure Container Registry, wherever they are', () => {
    const { document, problems } = upgraded(
      'v1alpha5',
      'build:\n  acr: {subscriptionId: a}\nprofiles:\n- name: ci\n  build:\n    acr: {}\n    artifacts: []\n',
    );
    expect(shown(problems)).toEqual([
      '2:3 S040 cannot upgrade `build.acr`: newer versions do not build with Azure Container Registry',
      '6:5 S040 cannot upgrade `build.acr`: newer versions do not build with Azure Container Registry',
    ]);
    expect(plainValue(document)).toEqual({ build: {}, profiles: [{ name: 'ci', build: { artifacts: [] } }] });
  });

  it('warn where the meaning changes', () => {
    const first = upgraded(
      'v1alpha1',
      'build: {tagPolicy: mine}\ndeploy: {kubectl: {manifests: [{paths: [a], parameters: {b: c}}]}}\n',
    );
    expect(shown(first.problems)).toEqual([
      '1:20 S041 the tag policy `mine` is unknown, so the default policy applies',
      '2:45 S041 the field `parameters` of a manifest has no effect',
    ]);
    expect(plainValue(first.document)).toEqual({ build: {}, deploy: { kubectl: { manifests: ['a'] } } });

    const sync = upgraded('v1beta9', "build: {artifacts: [{sync: {'**/*.js': dist}}]}");
    expect(shown(sync.problems)).toEqual([
      '1:29 S041 the pattern `**/*.js` of `sync` keeps folders in newer versions, and copied all files into one folder before',
    ]);
    expect(plainValue(sync.document)).toEqual({
      build: { artifacts: [{ sync: { manual: [{ src: '**/*.js', dest: 'dist' }] } }] },
    });
  });

  it('leave values at the places that they come from', () => {
    const { document } = upgraded('v1beta13', 'build:\n  artifacts:\n  - jibMaven: {profile: prod, module: app}\n');
    const places: string[] = [];
    const visit = (node: LocatedMap) => {
      for (const { key, keyAt, value } of node.entries) {
        places.push(`${key} ${keyAt.start}-${value.at.start}`);
        for (const part of value.kind === 'list' ? value.items : [value]) if (part.kind === 'map') visit(part);
      }
    };
    visit(document);
    expect(places).toEqual(['build 0-9', 'artifacts 9-22', 'jib 24-34', 'project 58-58', 'args 44-44', 'type 34-34']);
  });
});
