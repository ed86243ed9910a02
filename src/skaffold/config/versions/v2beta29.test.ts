import { describe, expect, it } from 'vitest';
import { SourceText } from '../../../diagnostics/source-text.ts';
import { plainValue, type LocatedMap } from '../../../diagnostics/yaml/located.ts';
import { readYaml } from '../../../diagnostics/yaml/read-yaml.ts';
import type { Diagnostic } from '../../../model/diagnostic.ts';
import { v2beta29 } from './v2beta29.ts';

function located(text: string): LocatedMap {
  const root = readYaml(new SourceText('skaffold.yaml', text), ({ message }) => {
    throw new Error(message);
  });
  if (root?.kind !== 'map') throw new Error('no map');
  return root;
}

function upgraded(text: string): { readonly document: unknown; readonly problems: readonly string[] } {
  const problems: Diagnostic[] = [];
  const document = v2beta29.upgrade?.(located(text), (problem) => problems.push(problem));
  return {
    document: document && plainValue(document),
    problems: problems.map(({ code, message, place }) => `${place?.line}:${place?.column} ${code} ${message}`),
  };
}

const expected = (text: string) => plainValue(located(text));

interface Case {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly problems?: readonly string[];
}

const manifests: readonly Case[] = [
  {
    name: 'moves the manifests of kubectl, whose deployer stays',
    from: 'deploy: {kubectl: {manifests: [a.yaml, "b/*.yaml"], flags: {apply: [-v]}}, kubeContext: c}',
    to: `
deploy: {kubectl: {flags: {apply: [-v]}}, kubeContext: c}
manifests: {rawYaml: [a.yaml, "b/*.yaml"]}`,
  },
  {
    name: 'keeps an empty deployer, and adds no empty manifests',
    from: 'deploy: {kubectl: {}}\nprofiles: [{name: p, deploy: {kubectl: {manifests: [p.yaml]}}}]',
    to: 'deploy: {kubectl: {}}\nprofiles: [{name: p, deploy: {kubectl: {}}, manifests: {rawYaml: [p.yaml]}}]',
  },
  {
    name: 'deploys kustomizations with kubectl',
    from: `
deploy:
  logs: {prefix: none}
  kustomize:
    paths: [a, b]
    buildArgs: [--enable-helm]
    defaultNamespace: n
    flags: {disableValidation: true}
    hooks: {before: [{host: {command: [x]}}]}
profiles:
- {name: p, deploy: {kustomize: {}}}`,
    to: `
deploy:
  logs: {prefix: none}
  kubectl:
    defaultNamespace: n
    flags: {disableValidation: true}
    hooks: {before: [{host: {command: [x]}}]}
manifests: {kustomize: {paths: [a, b], buildArgs: [--enable-helm]}}
profiles:
- {name: p, deploy: {kubectl: {}}, manifests: {kustomize: {paths: [.]}}}`,
  },
  {
    name: 'puts the settings of both deployers together',
    from: `
deploy:
  kustomize:
    defaultNamespace: n
    flags: {global: [k1], delete: [k2], disableValidation: true}
    hooks: {before: [{host: {command: [k]}}], after: [{host: {command: [k]}}]}
  kubectl:
    manifests: [a.yaml]
    defaultNamespace: n
    flags: {global: [c1], apply: [c2], disableValidation: true}
    hooks: {before: [{host: {command: [c]}}]}`,
    to: `
deploy:
  kubectl:
    defaultNamespace: n
    flags: {global: [c1, k1], apply: [c2], delete: [k2], disableValidation: true}
    hooks: {before: [{host: {command: [c]}}, {host: {command: [k]}}], after: [{host: {command: [k]}}]}
manifests: {rawYaml: [a.yaml], kustomize: {paths: [.]}}`,
  },
  {
    name: 'takes a namespace that only one of both has',
    from: `
deploy: {kustomize: {defaultNamespace: n}, kubectl: {}}
profiles: [{deploy: {kustomize: {}, kubectl: {defaultNamespace: m}}}]`,
    to: `
deploy: {kubectl: {defaultNamespace: n}}
manifests: {kustomize: {paths: [.]}}
profiles: [{deploy: {kubectl: {defaultNamespace: m}}, manifests: {kustomize: {paths: [.]}}}]`,
  },
  {
    name: 'reports settings of both that exclude each other',
    from: `
deploy: {kustomize: {defaultNamespace: n, flags: {global: [x]}}, kubectl: {defaultNamespace: m}}
profiles:
- deploy: {kustomize: {flags: {disableValidation: true}}, kubectl: {}}
- deploy: {kustomize: {}, kubectl: {flags: {disableValidation: true}}}`,
    to: `
deploy: {kubectl: {defaultNamespace: n, flags: {global: [x]}}}
manifests: {kustomize: {paths: [.]}}
profiles:
- {deploy: {kubectl: {flags: {disableValidation: true}}}, manifests: {kustomize: {paths: [.]}}}
- {deploy: {kubectl: {}}, manifests: {kustomize: {paths: [.]}}}`,
    problems: [
      '2:40 S040 cannot upgrade `deploy.kustomize.defaultNamespace`: newer versions deploy with `kubectl` only, and `deploy.kubectl` has another value',
      '4:51 S040 cannot upgrade `deploy.kustomize.flags.disableValidation`: newer versions deploy with `kubectl` only, and `deploy.kubectl` has another value',
      '5:64 S040 cannot upgrade `deploy.kustomize.flags.disableValidation`: newer versions deploy with `kubectl` only, and `deploy.kubectl` has another value',
    ],
  },
  {
    name: 'reports kpt',
    from: 'build: {}\ndeploy: {kpt: {dir: d}}\nprofiles: [{deploy: {kubectl: {}, kpt: {}}}]',
    to: 'build: {}\nprofiles: [{deploy: {kubectl: {}}}]',
    problems: [
      '2:10 S040 cannot upgrade `deploy.kpt`: newer versions split it in a way that cannot be derived from it',
      '3:35 S040 cannot upgrade `deploy.kpt`: newer versions split it in a way that cannot be derived from it',
    ],
  },
];

const helm: readonly Case[] = [
  {
    name: 'renders Helm releases and installs them',
    from: `
deploy:
  helm:
    flags: {install: [x]}
    releases: [{name: a, chartPath: c, setValues: {b: c}}]
    hooks: {after: [{host: {command: [x]}}]}
profiles: [{name: p, deploy: {helm: {}}}]`,
    to: `
deploy:
  helm:
    flags: {install: [x]}
    releases: [{name: a, chartPath: c, setValues: {b: c}}]
    hooks: {after: [{host: {command: [x]}}]}
manifests: {helm: {flags: {install: [x]}, releases: [{name: a, chartPath: c, setValues: {b: c}}]}}
profiles: [{name: p, deploy: {helm: {}}, manifests: {helm: {}}}]`,
  },
  {
    name: 'writes images as templates',
    from: `
deploy:
  helm:
    releases:
    - {name: a, artifactOverrides: {image: r.io/my-web, b.image: web_2}, setValueTemplates: {x: y, image: z}}
    - {name: b, artifactOverrides: {image: web}, imageStrategy: {fqn: {property: p}}}
    - {name: c, artifactOverrides: {image: web}, imageStrategy: {helm: {}}}
    - {name: d, artifactOverrides: {image: web}, imageStrategy: {helm: {explicitRegistry: true}}}
    - {name: e, imageStrategy: {helm: {}}}`,
    to: `
deploy:
  helm: &helm
    releases:
    - {name: a, setValueTemplates: {x: y, image: "{{.IMAGE_FULLY_QUALIFIED_r_io_my_web}}", b.image: "{{.IMAGE_FULLY_QUALIFIED_web_2}}"}}
    - {name: b, setValueTemplates: {image: "{{.IMAGE_FULLY_QUALIFIED_web}}"}}
    - {name: c, setValueTemplates: {image.tag: "{{.IMAGE_TAG_web}}@{{.IMAGE_DIGEST_web}}", image.repository: "{{.IMAGE_REPO_web}}"}}
    - name: d
      setValueTemplates:
        image.tag: "{{.IMAGE_TAG_web}}@{{.IMAGE_DIGEST_web}}"
        image.registry: "{{.IMAGE_DOMAIN_web}}"
        image.repository: "{{.IMAGE_REPO_NO_DOMAIN_web}}"
    - {name: e}
manifests: {helm: *helm}`,
  },
];

describe('the upgrade of v2beta29', () => {
  it.each([...manifests, ...helm])('$name', ({ from, to, problems }) => {
    expect(upgraded(from)).toEqual({ document: expected(to), problems: problems ?? [] });
  });

  it('gives new sections the places of the old ones', () => {
    const document = v2beta29.upgrade?.(
      located('build: {}\ndeploy:\n  kubectl:\n    manifests: [a.yaml]'),
      () => undefined,
    );
    const section = document?.entries.find(({ key }) => key === 'manifests');
    expect(section?.keyAt.start).toBe('build: {}\n'.length);
  });
});

interface PatchCase {
  readonly name: string;
  /** The releases of the document. */
  readonly releases?: string;
  readonly from: string;
  readonly to: string;
}

const releases =
  '[{name: a}, {name: b, imageStrategy: {helm: {}}}, {name: c, imageStrategy: {helm: {explicitRegistry: true}}}]';

const patches: readonly PatchCase[] = [
  {
    name: 'moves paths of manifests',
    from: `
- {op: add, path: /deploy/kubectl/manifests/-, value: a.yaml}
- {path: /deploy/kustomize/paths/0, value: b}
- {op: remove, path: /deploy/kustomize/buildArgs}
- {path: /build/artifacts/0/image, value: c}
- {op: remove, path: /deploy/kubectl/flags}`,
    to: `
- {op: add, path: /manifests/rawYaml/-, value: a.yaml}
- {path: /manifests/kustomize/paths/0, value: b}
- {op: remove, path: /manifests/kustomize/buildArgs}
- {path: /build/artifacts/0/image, value: c}
- {op: remove, path: /deploy/kubectl/flags}`,
  },
  {
    name: 'patches Helm releases where they are rendered, and then where they are installed',
    from: `
- {op: remove, path: /deploy/helm/releases/1}
- {path: /deploy/helm/hooks/before, value: []}
- {path: /deploy/helm/releases/0/valuesFiles/0, value: v.yaml}`,
    to: `
- {op: remove, path: /manifests/helm/releases/1}
- {path: /deploy/helm/hooks/before, value: []}
- {path: /manifests/helm/releases/0/valuesFiles/0, value: v.yaml}
- {op: remove, path: /deploy/helm/releases/1}
- {path: /deploy/helm/releases/0/valuesFiles/0, value: v.yaml}`,
  },
  {
    name: 'writes images as templates',
    releases,
    from: `
- {op: replace, path: /deploy/helm/releases/0/artifactOverrides/image, value: x-0}
- {op: replace, path: /deploy/helm/releases/1/artifactOverrides/image, value: x-1}
- {op: add, path: /deploy/helm/releases/2/artifactOverrides/image2, value: x-2}
- {op: remove, path: /deploy/helm/releases/0/artifactOverrides/image}
- {path: /deploy/helm/releases/9/artifactOverrides/image, value: x-9}
- {path: /deploy/helm/flags, value: {}}`,
    to: `
- {op: replace, path: /manifests/helm/releases/0/setValueTemplates/image, value: "{{.IMAGE_FULLY_QUALIFIED_x_0}}"}
- {op: replace, path: /manifests/helm/releases/1/setValueTemplates/image.tag, value: "{{.IMAGE_TAG_x_1}}@{{.IMAGE_DIGEST_x_1}}"}
- {op: add, path: /manifests/helm/releases/2/setValueTemplates/image2.tag, value: "{{.IMAGE_TAG_x_2}}@{{.IMAGE_DIGEST_x_2}}"}
- {op: remove, path: /manifests/helm/releases/0/setValueTemplates/image}
- {path: /manifests/helm/releases/9/setValueTemplates/image, value: "{{.IMAGE_FULLY_QUALIFIED_x_9}}"}
- {path: /manifests/helm/flags, value: {}}
- {op: replace, path: /manifests/helm/releases/1/setValueTemplates/image.repository, value: "{{.IMAGE_REPO_x_1}}"}
- {op: add, path: /manifests/helm/releases/2/setValueTemplates/image2.registry, value: "{{.IMAGE_DOMAIN_x_2}}"}
- {op: add, path: /manifests/helm/releases/2/setValueTemplates/image2.repository, value: "{{.IMAGE_REPO_NO_DOMAIN_x_2}}"}
- {path: /deploy/helm/flags, value: {}}`,
  },
  {
    name: 'leaves a patch of an image without a Helm deployer',
    from: '\n- {path: /deploy/helm/releases/0/artifactOverrides/image, value: x}',
    to: `
- {path: /deploy/helm/releases/0/artifactOverrides/image, value: x}
- {path: /deploy/helm/releases/0/artifactOverrides/image, value: x}`,
  },
  { name: 'leaves a patch without a path', from: '\n- {op: remove}', to: '\n- {op: remove}' },
];

describe('the upgrade of patches of v2beta29', () => {
  it.each(patches)('$name', ({ releases, from, to }) => {
    const deploy = releases === undefined ? '' : `deploy: {helm: {releases: ${releases}}}\n`;
    const { document, problems } = upgraded(
      `${deploy}profiles:\n- name: p\n  patches:${from.replaceAll('\n', '\n  ')}`,
    );
    expect(problems).toEqual([]);
    expect(document).toHaveProperty('profiles', [expected(`name: p\npatches:${to}`)]);
  });

  it('takes the releases of the profile, which replace those of the document', () => {
    const { document } = upgraded(`
deploy: {helm: {releases: ${releases}}}
profiles:
- deploy: {helm: {releases: [{name: a, imageStrategy: {helm: {}}}]}}
  patches: [{path: /deploy/helm/releases/0/artifactOverrides/image, value: web}]`);
    expect(document).toHaveProperty('profiles.0.patches', [
      expected(
        '{path: /manifests/helm/releases/0/setValueTemplates/image.tag, value: "{{.IMAGE_TAG_web}}@{{.IMAGE_DIGEST_web}}"}',
      ),
      expected('{path: /manifests/helm/releases/0/setValueTemplates/image.repository, value: "{{.IMAGE_REPO_web}}"}'),
    ]);
  });
});
