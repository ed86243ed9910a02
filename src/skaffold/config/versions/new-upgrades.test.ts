import { describe, expect, it } from 'vitest';
import { SourceText } from '../../../diagnostics/source-text.ts';
import { plainValue, type LocatedMap } from '../../../diagnostics/yaml/located.ts';
import { readYaml } from '../../../diagnostics/yaml/read-yaml.ts';
import type { Diagnostic } from '../../../model/diagnostic.ts';
import { newVersions } from './new-versions.ts';
import { checkedAndUpgraded } from './versions.ts';

function located(text: string): LocatedMap {
  const root = readYaml(new SourceText('skaffold.yaml', text), ({ message }) => {
    throw new Error(message);
  });
  if (root?.kind !== 'map') throw new Error('no map');
  return root;
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
    version: 'v2beta3',
    name: 'renames `values` of Helm releases, in profiles too',
    from: `
deploy: {helm: {releases: [{name: a, values: {image: web}, namespace: b}, {name: c}]}}
profiles:
- name: p
  deploy: {helm: {releases: [{values: {image: web}}]}}`,
    to: `
deploy: {helm: {releases: [{name: a, artifactOverrides: {image: web}, namespace: b}, {name: c}]}}
profiles:
- name: p
  deploy: {helm: {releases: [{artifactOverrides: {image: web}}]}}`,
  },
  {
    version: 'v2beta4',
    name: 'renames the pull secret and `buildpack`, in profiles too',
    from: `
build:
  artifacts: [{image: a, buildpack: {builder: b}}, {image: c, buildpack: {}}, {image: d, docker: {}}]
  cluster: {pullSecret: key.json, pullSecretName: s}
profiles:
- build: {artifacts: [{image: a, buildpack: {}}], cluster: {pullSecret: p.json}}`,
    to: `
build:
  artifacts: [{image: a, buildpacks: {builder: b}}, {image: c, buildpacks: {}}, {image: d, docker: {}}]
  cluster: {pullSecretPath: key.json, pullSecretName: s}
profiles:
- build: {artifacts: [{image: a, buildpacks: {}}], cluster: {pullSecretPath: p.json}}`,
  },
  {
    version: 'v2beta8',
    name: 'makes a flag of `sync.auto`',
    from: `
build: {artifacts: [{image: a, sync: {auto: {}}}, {image: b, sync: {infer: ["*.js"]}}, {image: c}]}
profiles: [{build: {artifacts: [{image: a, sync: {auto: {}}}]}}]`,
    to: `
build: {artifacts: [{image: a, sync: {auto: true}}, {image: b, sync: {infer: ["*.js"]}}, {image: c}]}
profiles: [{build: {artifacts: [{image: a, sync: {auto: true}}]}}]`,
  },
  {
    version: 'v2beta12',
    name: 'tells charts elsewhere from those of this machine',
    from: `
deploy: {helm: {releases: [{name: a, chartPath: r/a, remote: true}, {name: b, chartPath: b}]}}
profiles: [{deploy: {helm: {releases: [{name: a, remote: true}]}}}]`,
    to: `
deploy: {helm: {releases: [{name: a, remoteChart: r/a}, {name: b, chartPath: b}]}}
profiles: [{deploy: {helm: {releases: [{name: a}]}}}]`,
  },
  {
    version: 'v2beta22',
    name: 'makes a list of the build secret',
    from: `
build: {artifacts: [{image: a, docker: {secret: {id: s, src: f}, target: t}}, {image: b, docker: {}}]}
profiles: [{build: {artifacts: [{image: a, docker: {secret: {id: s}}}]}}]`,
    to: `
build: {artifacts: [{image: a, docker: {secrets: [{id: s, src: f}], target: t}}, {image: b, docker: {}}]}
profiles: [{build: {artifacts: [{image: a, docker: {secrets: [{id: s}]}}]}}]`,
  },
  {
    version: 'v2beta27',
    name: 'moves the platforms of ko to the artifact',
    from: `
build:
  artifacts:
  - {image: a, ko: {main: ., platforms: [linux/arm64]}, platforms: [linux/amd64]}
  - {image: b, ko: {platforms: [linux/arm64]}}
  - {image: c, ko: {}, platforms: [linux/amd64]}
profiles: [{build: {artifacts: [{image: b, ko: {platforms: [all]}}]}}]`,
    to: `
build:
  artifacts:
  - {image: a, ko: {main: .}, platforms: [linux/arm64]}
  - {image: b, ko: {}, platforms: [linux/arm64]}
  - {image: c, ko: {}, platforms: [linux/amd64]}
profiles: [{build: {artifacts: [{image: b, ko: {}, platforms: [all]}]}}]`,
  },
  {
    version: 'v3',
    name: 'moves remote manifests, with the Kubernetes context',
    from: `
manifests: {rawYaml: [a.yaml]}
deploy: {kubeContext: c, kubectl: {remoteManifests: ["ns:deployment/a", pod/b], defaultNamespace: d}}
profiles:
- name: p
  deploy: {kubectl: {remoteManifests: [pod/p]}}`,
    to: `
manifests:
  rawYaml: [a.yaml]
  remoteManifests: [{manifest: "ns:deployment/a", kubeContext: c}, {manifest: pod/b, kubeContext: c}]
deploy: {kubeContext: c, kubectl: {defaultNamespace: d}}
profiles:
- name: p
  deploy: {kubectl: {}}
  manifests: {remoteManifests: [{manifest: pod/p}]}`,
  },
  {
    version: 'v4beta7',
    name: 'gives `force` its name',
    from: 'deploy: {kpt: {dir: d, "false": true}}\nprofiles: [{deploy: {kpt: {"false": true}}}]',
    to: 'deploy: {kpt: {dir: d, force: true}}\nprofiles: [{deploy: {kpt: {force: true}}}]',
  },
];

describe('the upgrade', () => {
  it.each(cases)('of $version $name', ({ version, from, to }) => {
    const found: Diagnostic[] = [];
    const upgrade = newVersions.find(({ name }) => name === version)?.upgrade;
    const upgraded = upgrade?.(located(from), (problem) => found.push(problem));
    expect(upgraded && plainValue(upgraded)).toEqual(plainValue(located(to)));
    expect(found).toEqual([]);
  });
});

describe('a document of an older version', () => {
  /** Returns the document in the newest version, and the mistakes in it. */
  function newest(version: string, text: string): { readonly document: unknown; readonly problems: readonly string[] } {
    const problems: Diagnostic[] = [];
    const document = checkedAndUpgraded(located(text), version, (problem) => problems.push(problem));
    return { document: plainValue(document), problems: shown(problems) };
  }

  it('has only the fields of its version', () => {
    expect(newest('v2beta8', 'build:\n  local: {useBuildKit: true}').problems).toEqual([
      '2:11 W012 unknown field `useBuildKit` in local builds, did you mean `useBuildkit`?',
    ]);
    expect(newest('v2beta22', 'build: {artifacts: [{docker: {secrets: []}}]}').problems).toEqual([
      '1:31 S002 a Docker artifact has the field `secrets` only since `v2beta23`, but this document is `v2beta22`',
    ]);
    expect(newest('v4beta1', 'deploy: {kustomize: {}}').problems).toEqual([
      '1:10 W012 unknown field `kustomize` in the deploy section',
    ]);
  });

  it('loses fields that no later version has', () => {
    expect(newest('v2beta8', 'build: {artifacts: [{image: a, kaniko: {flags: [-v], target: t}}]}')).toEqual({
      document: expect.objectContaining({ build: { artifacts: [{ image: 'a', kaniko: { target: 't' } }] } }) as unknown,
      problems: ['1:41 S003 `flags` has no effect: no version after `v2beta8` has it'],
    });
    expect(
      newest('v4beta3', 'verify: [{name: a, container: {name: b, args: [1], tty: true, stdinOnce: true}}]'),
    ).toEqual({
      document: expect.objectContaining({ verify: [{ name: 'a', container: { name: 'b', args: ['1'] } }] }) as unknown,
      problems: [
        '1:63 W012 unknown field `stdinOnce` in a container, did you mean `stdinonce`?',
        '1:52 S003 `tty` has no effect: no version after `v4beta3` has it',
      ],
    });
  });

  it('goes through every version up to the newest', () => {
    const { document, problems } = newest(
      'v2beta3',
      `
apiVersion: skaffold/v2beta3
portForward: [{port: 8080}]
deploy: {helm: {releases: [{name: a, chartPath: r/a, remote: true, values: {image: x/web}, imageStrategy: {helm: {}}}]}}`,
    );
    const templates = {
      'image.tag': '{{.IMAGE_TAG_x_web}}@{{.IMAGE_DIGEST_x_web}}',
      'image.repository': '{{.IMAGE_REPO_x_web}}',
    };
    const helm = { releases: [{ name: 'a', remoteChart: 'r/a', setValueTemplates: templates }] };
    expect(problems).toEqual([]);
    expect(document).toEqual({
      apiVersion: 'skaffold/v4beta14',
      portForward: [{ port: 8080 }],
      deploy: { helm },
      manifests: { helm },
    });
  });
});
