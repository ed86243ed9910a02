/** One smallest invalid `skaffold.yaml` for every code; TypeScript requires one for each. */
import type { BuildRequest } from '../../src/engine/build-request.ts';
import type { ContainerRequest } from '../../src/engine/container-request.ts';
import type { DeployRequest } from '../../src/engine/deploy-request.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { problem, type skaffoldCodes } from '../../src/skaffold/problem.ts';
import { newestVersion } from '../../src/skaffold/schema/newest-types.ts';

export type SkaffoldCode = keyof typeof skaffoldCodes;

export interface SkaffoldExample {
  /** The `skaffold.yaml`. */
  readonly text?: string;
  /** Further files of its folder. */
  readonly files?: Readonly<Record<string, string>>;
  readonly request?: Partial<BuildRequest>;
  /** The current context of the kubeconfig. */
  readonly context?: string;
  /** The command line in the docs. */
  readonly command?: string;
  /** For a code that depends on a Git repository, or that only embeds its text in another one: the diagnostic. */
  readonly instead?: Diagnostic;
}

/** A file of the newest version with these lines. */
const newest = (...lines: readonly string[]): string => config(newestVersion, ...lines);
const config = (version: string, ...lines: readonly string[]): string =>
  [`apiVersion: skaffold/${version}`, 'kind: Config', ...lines, ''].join('\n');
/** A file with one artifact that has these lines. */
const artifact = (...lines: readonly string[]): string =>
  newest('build:', '  artifacts:', '    - image: app', ...lines.map((line) => `      ${line}`));
const template = (text: string): SkaffoldExample => ({ text: artifact('custom:', `  buildCommand: '${text}'`) });
const profile = (...lines: readonly string[]): string =>
  newest('profiles:', '  - name: dev', ...lines.map((line) => `    ${line}`));
const named = (name: string): string => newest('metadata:', `  name: ${name}`);
const tagged = (...lines: readonly string[]): SkaffoldExample => ({
  text: newest('build:', '  artifacts: [{image: app}]', '  tagPolicy:', ...lines.map((line) => `    ${line}`)),
  request: { tag: '' },
});

/** A file with one artifact and one test that has these lines. */
const tested = (lines: readonly string[], more: Partial<SkaffoldExample> = {}): SkaffoldExample => ({
  text: newest(
    'build:',
    '  artifacts: [{image: app}]',
    'test:',
    ...lines.map((line, i) => `${i === 0 ? '  - ' : '    '}${line}`),
  ),
  request: { test: { images: [] } },
  command: 'slipway test',
  ...more,
});
/** The same with a file of structure tests. */
const structure = (...lines: readonly string[]): SkaffoldExample =>
  tested(['image: app', 'structureTests: [app.test.yaml]'], {
    files: { 'app.test.yaml': `${lines.join('\n')}\n` },
  });

/** A request that deploys. */
const deploying = (more: SkaffoldExample['request'] = {}, deploy: Partial<DeployRequest> = {}) => ({
  command: 'slipway deploy',
  request: {
    ...more,
    deploy: {
      ...({ action: 'deploy', build: false, images: [], labels: {}, iterativeStatusCheck: true } as const),
      ...{ force: false, allowEmpty: false, nodeAffinity: true, ...deploy },
    },
  },
});

const portExample: SkaffoldExample = (() => {
  const { request } = deploying();
  return {
    text: newest(
      'manifests: {rawYaml: [app.yaml]}',
      'portForward:',
      '  - {resourceType: container, resourceName: web, port: 8080}',
    ),
    request: { deploy: { ...request.deploy, portForward: ['user'] } },
    command: 'slipway deploy --port-forward',
  };
})();

/** A file with a verification, or with a custom action, and the request that runs it. */
const verifying = (
  lines: readonly string[],
  containers: Partial<ContainerRequest>,
  more: Partial<SkaffoldExample> = {},
) => ({
  ...{ text: newest(...lines), command: 'slipway verify', ...more },
  request: { ...more.request, containers: { images: [], ...containers } },
});
const verification = (name: string, more = '') => `  - {name: ${name}, container: {name: ${name}, image: app}${more}}`;
const job = (path: string) => `, executionMode: {kubernetesCluster: {jobManifestPath: ${path}}}`;
const cronJob = 'apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: smoke}\n';
const jobOf = (namespace: string) =>
  `{apiVersion: batch/v1, kind: Job, metadata: {name: job, namespace: ${namespace}}}\n`;

export const skaffoldExamples: Record<SkaffoldCode, SkaffoldExample> = {
  S001: { text: config('v4beta41') },
  S002: { text: config('v2beta29', 'manifests:', '  rawYaml: [app.yaml]') },
  S003: { text: config('v1alpha1', 'build:', '  artifacts: [{imageName: app}]', 'deploy:', '  name: shop') },
  S004: { text: `${named('shop')}---\n${named('shop')}` },
  S090: {
    text: newest('manifests: {rawYaml: [app.yaml]}', 'deploy: {kubeContext: prod}'),
    context: 'staging',
    ...deploying(),
  },
  S091: { text: named('shop'), ...deploying() },
  S092: {
    text: newest('build: {artifacts: [{image: app}], tagPolicy: {sha256: {}}}', 'manifests: {rawYaml: [app.yaml]}'),
    ...deploying({ tag: '' }),
  },
  S093: {
    text: newest('manifests: {rawYaml: [app.yaml]}', 'deploy: {docker: {images: [app], useCompose: true}}'),
    ...deploying(),
  },
  S094: {
    text: newest('manifests: {rawYaml: [app.yaml]}', 'deploy:', '  kubectl:', '    hooks: {after: [{}]}'),
    ...deploying(),
  },
  S095: {
    text: newest('manifests: {rawYaml: [app.yaml]}', 'deploy: {kubectl: {flags: {apply: [--validate=false]}}}'),
    ...deploying(),
  },
  S096: {
    text: newest('manifests: {rawYaml: [app.yaml]}'),
    context: 'staging',
    ...deploying({ kubeContext: 'stagnig' }),
    command: 'slipway deploy --kube-context stagnig',
  },
  S097: {
    text: newest('manifests: {rawYaml: [app.yaml]}'),
    context: 'prod',
    ...deploying({}, { loadImages: true }),
  },
  S100: portExample,
  S110: verifying(['build: {artifacts: [{image: app}]}'], {}),
  S111: {
    ...verifying(['customActions: [{name: migrate, containers: [{name: migrate, image: app}]}]'], { action: 'migrat' }),
    command: 'slipway exec migrat',
  },
  S112: verifying(['verify:', verification('smoke', job('job.yaml'))], {}, { files: { 'job.yaml': cronJob } }),
  S113: verifying(
    ['verify:', verification('smoke', `, executionMode: {kubernetesCluster: {overrides: '{spec}'}}`)],
    {},
  ),
  S114: verifying(['verify:', verification('smoke'), '---', newest('verify:', verification('smoke')).trimEnd()], {}),
  S115: {
    ...verifying(['verify:', verification('shop', job('shop.yaml')), verification('cart', job('cart.yaml'))], {}),
    files: { 'shop.yaml': jobOf('shop'), 'cart.yaml': jobOf('cart') },
  },
  S116: {
    ...verifying(['verify:', verification('smoke')], { images: [{ reference: 'apq:v1', testMustName: true }] }),
    command: 'slipway verify --images apq:v1',
  },
  S117: verifying(
    ['build: {artifacts: [{image: app}, {image: web}]}', 'verify:', verification('smoke')],
    {},
    {
      request: { images: ['web'] },
      command: 'slipway verify --build-image web',
    },
  ),
  S005: { text: newest('requires:', '  - path: ../cart') },
  S006: {
    text: newest('requires:', '  - path: cart', '  - path: cart', '    activeProfiles: [{name: dev}]'),
    files: { 'cart/skaffold.yaml': profile() },
  },
  S007: { text: named('shop'), request: { modules: ['shpo'] }, command: 'slipway build --module shpo' },
  S008: { text: newest('requires:', '  - googleCloudStorage: {source: "gs://bucket/cart"}') },
  S009: {
    instead: problem('S009', undefined, { url: 'https://git.example/skaffold.yaml', why: 'the server answers 404' }),
  },
  S010: { text: profile(), request: { profiles: ['dve'] }, command: 'slipway build --profile dve' },
  S011: {
    text: profile('patches:', '  - {path: /build/artifacts/1/image, value: other}'),
    request: { profiles: ['dev'] },
    command: 'slipway build --profile dev',
  },
  S012: {
    text: profile('patches:', '  - {op: delete, path: /build/artifacts}'),
    request: { profiles: ['dev'] },
    command: 'slipway build --profile dev',
  },
  S013: { text: profile('activation: [{env: CI}]') },
  S014: {
    text: newest(
      'deploy:',
      '  kubeContext: staging',
      'profiles:',
      '  - name: prod',
      '    activation: [{kubeContext: prod}]',
    ),
    context: 'prod',
  },
  S015: {
    text: newest(
      'build: {artifacts: [{image: app}]}',
      'profiles:',
      '  - name: dev',
      '    patches: [{op: add, path: /build/local, value: {pusg: true}}]',
    ),
    request: { profiles: ['dev'] },
    command: 'slipway build --profile dev',
  },
  S016: { text: '# nothing yet\n' },
  S017: { command: 'slipway build' },
  S018: { text: `${profile('activation: [{command: "(dev"}]')}build:\n  artifacts: [{image: app}]\n` },
  S020: { text: newest('build:', '  artifacts:', '    - image: app', '    - image: app') },
  S021: {
    text: newest('build:', '  artifacts:', '    - image: app', '      requires: [{image: bas}]', '    - image: base'),
  },
  S022: { text: artifact('requires: [{image: app}]') },
  S024: { text: artifact('docker: {squash: true}') },
  S025: { text: artifact(), request: { images: ['pap'] }, command: 'slipway build --build-image pap' },
  S026: { text: newest() },
  S027: { text: artifact('docker: {addHost: [registry]}') },
  S040: { text: config('v1alpha5', 'build:', '  acr: {}') },
  S041: { text: config('v1alpha1', 'build:', '  artifacts: [{imageName: app}]', '  tagPolicy: git') },
  S050: { text: newest('build:', '  googleCloudBuild: {projectId: shop}', '  artifacts: [{image: app}]') },
  S051: {
    instead: problem('S051', undefined, { field: 'deploy.cloudrun', instead: '`deploy.kubectl` or `deploy.helm`' }),
  },
  S052: { text: newest('build:', '  local: {useDockerCLI: true}', '  artifacts: [{image: app}]') },
  S053: {
    text: newest('build:', '  artifacts: [{image: r.io/app, buildpacks: {builder: b}}]', '  cluster: {}'),
    request: { push: true },
  },
  S054: { text: artifact('platforms: [linux/amd64, linux/arm64]') },
  S055: {
    text: newest('build:', '  artifacts: [{image: r.io/app}]', '  cluster: {}'),
    request: { push: false },
    command: 'slipway build --no-push',
  },
  S056: { text: artifact('kaniko: {}'), request: { push: true } },
  S057: {
    text: `${newest('build:', '  artifacts: [{image: r.io/a}]', '  cluster: {namespace: one}')}---\n${newest('build:', '  artifacts: [{image: r.io/b}]', '  cluster: {namespace: two}')}`,
    request: { push: true },
  },
  S058: { text: artifact('custom:', '  dependencies: {paths: [src]}') },
  S059: { text: artifact('docker: {}', 'ko: {}') },
  S060: template('make {{.IMAGE'),
  S061: template('make {{.IMAGE | uper}}'),
  S062: template('make {{genPrivateKey "rsa"}}'),
  S063: template('make {{upper}}'),
  S064: template('make {{"app" | trunc "3"}}'),
  S065: {
    instead: problem('S065', undefined, { key: 'VERSON', known: ['VERSION'] }),
  },
  S066: template('make {{fail "no version"}}'),
  S067: template('make {{repeat 2000000 "x"}}'),
  S068: template('make {{$version}}'),
  S069: template('make {{range "app"}}{{.}}{{end}}'),
  S070: tagged('envTemplate: {template: "{{.VERSION}}"}'),
  S071: { text: artifact(), request: { tag: 'feature/login' }, command: 'slipway build --tag feature/login' },
  S072: { text: newest('build:', '  artifacts: [{image: app_}]') },
  S073: { text: newest('build:', '  artifacts: [{image: "app:1"}]') },
  S074: tagged('envTemplate: {template: "{{.VERSION"}'),
  S075: tagged(
    'customTemplate:',
    '  template: "{{.A}}"',
    '  components:',
    '    - {name: A, sha256: {}}',
    '    - {name: A, sha256: {}}',
  ),
  S076: {
    instead: problem('S076', undefined, { policy: 'gitCommit', written: 'release/2', tag: 'release_2' }),
  },
  S078: tested(['image: app', 'custom: [{command: ./test.sh}]'], {
    request: { test: { images: [{ name: 'ap', reference: 'ap:1', testMustName: true }] } },
    command: 'slipway test --images ap=ap:1',
  }),
  S080: tested(['image: ap', 'custom: [{command: ./test.sh}]']),
  S081: tested(['image: app', 'structureTests: [tests/*.yaml]']),
  S082: tested(['image: app', 'custom: [{command: ./test.sh}]', 'structureTestsArgs: [--pull]']),
  S083: structure('schemaVersion: 1.0.0'),
  S084: structure('schemaVersion: 2.0.0', 'commandTests:', '  - name: greets'),
  S085: structure('schemaVersion: 2.0.0', 'fileContentTests:', '  - {name: a, path: /a, expectedContents: ["(?=a)"]}'),
  S086: structure('schemaVersion: 2.0.0', 'licenseTests: [{debian: true}]'),
  S087: structure('schemaVersion: 2.0.0', 'containerRunOptions: {privileged: true}'),
  S088: { text: artifact(), request: { test: { images: [] } }, command: 'slipway test' },
  S089: tested(['image: app', 'custom: [{command: ./test.sh}]'], {
    request: { test: { images: [{ name: 'ap', reference: 'ap:1' }] } },
    command: 'slipway test --build-artifacts built.json',
  }),
};
