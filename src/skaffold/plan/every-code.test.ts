/**
 * One smallest invalid file for every code of `skaffold.yaml` and of Dockerfiles; TypeScript requires one for each.
 * `docs/diagnostics-skaffold.md` is generated from the tables and these files. After a change, run
 * `npx vitest run src/skaffold/plan/every-code.test.ts -u`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { memoryFiles } from '../../../test/rigs/memory-pipeline.ts';
import { dockerDependencies } from '../../build/dockerfile/docker-dependencies.ts';
import { dockerfileCodes } from '../../build/dockerfile/dockerfile-codes.ts';
import { readDockerfile } from '../../build/dockerfile/read-dockerfile.ts';
import { docsAnchor } from '../../diagnostics/codes.ts';
import { renderDiagnostics } from '../../diagnostics/render.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import type { BuildRequest } from '../../engine/build-request.ts';
import type { DeployRequest } from '../../engine/deploy-request.ts';
import type { ContainerRequest } from '../../engine/container-request.ts';
import type { ConfigurationRequest } from '../../engine/configuration-reader.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { skaffoldReader } from '../configuration-reader.ts';
import { skaffoldFrontEnd } from '../front-end.ts';
import { problem, skaffoldCodes } from '../problem.ts';
import { newestVersion } from '../schema/newest-types.ts';
import { loadBuild } from './load-build.ts';

type SkaffoldCode = keyof typeof skaffoldCodes;
type DockerfileCode = keyof typeof dockerfileCodes;

interface Example {
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
const template = (text: string): Example => ({ text: artifact('custom:', `  buildCommand: '${text}'`) });
const profile = (...lines: readonly string[]): string =>
  newest('profiles:', '  - name: dev', ...lines.map((line) => `    ${line}`));
const named = (name: string): string => newest('metadata:', `  name: ${name}`);
const tagged = (...lines: readonly string[]): Example => ({
  text: newest('build:', '  artifacts: [{image: app}]', '  tagPolicy:', ...lines.map((line) => `    ${line}`)),
  request: { tag: '' },
});

/** A file with one artifact and one test that has these lines. */
const tested = (lines: readonly string[], more: Partial<Example> = {}): Example => ({
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
const structure = (...lines: readonly string[]): Example =>
  tested(['image: app', 'structureTests: [app.test.yaml]'], {
    files: { 'app.test.yaml': `${lines.join('\n')}\n` },
  });

/** A request that deploys. */
const deploying = (more: Example['request'] = {}, deploy: Partial<DeployRequest> = {}) => ({
  command: 'slipway deploy',
  request: {
    ...more,
    deploy: {
      ...({ action: 'deploy', build: false, images: [], labels: {}, iterativeStatusCheck: true } as const),
      ...{ force: false, allowEmpty: false, nodeAffinity: true, ...deploy },
    },
  },
});

const portExample: Example = (() => {
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
  containers: Partial<ContainerRequest> = {},
  more: Partial<Example> = {},
) => ({
  ...{ text: newest(...lines), command: 'slipway verify' },
  ...more,
  request: { ...more.request, containers: { images: [], ...containers } },
});
const verification = (name: string, more = '') => `  - {name: ${name}, container: {name: ${name}, image: app}${more}}`;
const job = (path: string) => `, executionMode: {kubernetesCluster: {jobManifestPath: ${path}}}`;
const jobOf = (namespace: string) =>
  `{apiVersion: batch/v1, kind: Job, metadata: {name: job, namespace: ${namespace}}}\n`;

const skaffoldExamples: Record<SkaffoldCode, Example> = {
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
  S110: verifying(['build: {artifacts: [{image: app}]}']),
  S111: verifying(
    ['customActions: [{name: migrate, containers: [{name: migrate, image: app}]}]'],
    { action: 'migrat' },
    {
      command: 'slipway exec migrat',
    },
  ),
  S112: verifying(
    ['verify:', verification('smoke', job('job.yaml'))],
    {},
    {
      files: { 'job.yaml': 'apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: smoke}\n' },
    },
  ),
  S113: verifying(['verify:', verification('smoke', `, executionMode: {kubernetesCluster: {overrides: '{spec}'}}`)]),
  S114: verifying([
    'verify:',
    verification('smoke'),
    '---',
    ...newest('verify:', verification('smoke')).trimEnd().split('\n'),
  ]),
  S115: verifying(
    ['verify:', verification('shop', job('shop.yaml')), verification('cart', job('cart.yaml'))],
    {},
    {
      files: { 'shop.yaml': jobOf('shop'), 'cart.yaml': jobOf('cart') },
    },
  ),
  S116: verifying(
    ['verify:', verification('smoke')],
    { images: [{ reference: 'apq:v1', testMustName: true }] },
    {
      command: 'slipway verify --images apq:v1',
    },
  ),
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

interface DockerfileExample {
  readonly text: string;
  readonly target?: string;
  readonly ignore?: string;
  /** Too long to show. */
  readonly hidden?: true;
}

const from = (...lines: readonly string[]): DockerfileExample => ({
  text: ['FROM busybox:1', ...lines, ''].join('\n'),
});

const dockerfileExamples: Record<DockerfileCode, DockerfileExample> = {
  D001: { text: '# nothing yet\n' },
  D002: from('RUNN make'),
  D003: from('COPY --chwon=1 . .'),
  D004: from('COPY --link=maybe . .'),
  D005: from('COPY .'),
  D006: { text: '# escape=/\nFROM busybox:1\n' },
  D007: from('RUN <<EOF', 'make'),
  D008: from('COPY a <<EOF', 'EOF'),
  D009: { text: 'RUN make\nFROM busybox:1\n' },
  D010: { text: 'FROM busybox:1 AS 1st\n' },
  D011: from('SHELL sh -c'),
  D012: from('ENV A=1 B'),
  D013: from('ONBUILD FROM busybox:1'),
  D014: from('WORKDIR ${HOME'),
  D015: {
    text: 'FROM busybox:1\nCOPY --from=tools /a /a\nFROM busybox:1 AS tools\nFROM busybox:1\nCOPY --from=0 /a /a\n',
  },
  D016: from('COPY --from=$TOOLS /a /a'),
  D017: from('RUN --mount=type=cache,traget=/root make'),
  D018: { text: 'ARG BASE\nFROM $BASE\n' },
  D019: { text: 'FROM busybox:1 AS tools\n', target: 'tool' },
  D020: from('COPY https://example.org/a /a'),
  D021: { text: `FROM busybox:1\nRUN echo ${'x'.repeat(70_000)}\n`, hidden: true },
  D022: from('HEALTHCHECK curl localhost'),
  D023: { text: 'FROM Busybox:1\n' },
  D024: { ...from('COPY . .'), ignore: 'a[\n' },
};

const codes = { ...skaffoldCodes, ...dockerfileCodes };
type Code = SkaffoldCode | DockerfileCode;
const isSkaffoldCode = (code: string): code is SkaffoldCode => Object.hasOwn(skaffoldCodes, code);
const all = (Object.keys(codes) as Code[]).sort((a, b) => rank(a) - rank(b));

/** Those of `skaffold.yaml` come first. */
function rank(code: string): number {
  return (code.startsWith('D') ? 1000 : 0) + Number(code.slice(1));
}

const folder = '/home/dev/shop';

function around({ text, files = {}, context }: Example) {
  const paths = Object.entries(files).map(([name, content]) => [`${folder}/${name}`, content] as const);
  return {
    files: memoryFiles({
      ...Object.fromEntries(paths),
      ...(text !== undefined && { [`${folder}/skaffold.yaml`]: text }),
    }),
    env: {},
    home: '/home/dev',
    kube: async () => await Promise.resolve(context === undefined ? {} : { context, known: [context] }),
    repositories: '/home/dev/.local/state/slipway/repositories',
    machine: 'linux/amd64',
    caches: '/home/dev/.local/state/slipway/builds',
    clock: new ManualClock(),
    platform: 'linux',
    operatorClusters: async () => await Promise.resolve([]),
  };
}

async function diagnosticsOf(code: Code): Promise<readonly Diagnostic[]> {
  if (!isSkaffoldCode(code)) return diagnosticsOfDockerfile(dockerfileExamples[code]);
  const example = skaffoldExamples[code];
  if (example.instead) return [example.instead];
  const { tag = 'dev', ...request } = example.request ?? {};
  const { diagnostics } = await loadBuild(
    {
      ...configurationRequest(example),
      ...{
        images: [],
        insecureRegistries: [],
        failFast: false,
        cacheArtifacts: true,
        onlyOnePlatform: false,
      },
      ...{ platforms: [], push: false, folder },
      ...request,
      ...(tag !== '' && { tag }),
    },
    around(example),
  );
  return diagnostics;
}

/** What `diagnose` and `build` ask for alike. */
function configurationRequest({ text, request: { profiles = [], modules = [] } = {} }: Example): ConfigurationRequest {
  return {
    path: text === undefined ? folder : `${folder}/skaffold.yaml`,
    ...{ command: 'build', profiles, modules, autoActivation: true, propagateProfiles: true, env: {} },
    ...{ fetch: 'never', strict: true },
  };
}

/** What `diagnose` does not find, because flags of other commands decide about it. */
const decidedByFlags: ReadonlySet<Code> = new Set([
  'S025',
  'S026',
  'S054',
  'S055',
  'S056',
  'S071',
  'S078',
  'S088',
  'S089',
  // Of deploys.
  'S090',
  'S091',
  'S092',
  'S093',
  'S094',
  'S095',
  'S096',
  'S097',
  'S100',
  // Of verifications and actions.
  'S110',
  'S111',
  'S115',
  'S116',
  'S117',
]);

function diagnosticsOfDockerfile({ text, target, ignore }: DockerfileExample): readonly Diagnostic[] {
  return dockerDependencies(readDockerfile(new SourceText('Dockerfile', text)), {
    dockerfile: 'Dockerfile',
    args: new Map(),
    ...(target !== undefined && { target }),
    ...(ignore !== undefined && { ignoreFile: new SourceText('.dockerignore', ignore) }),
  }).diagnostics;
}

describe.each(all)('%s', (code) => {
  it('is found by its example, and nothing else is', async () => {
    expect((await diagnosticsOf(code)).map((diagnostic) => diagnostic.code)).toEqual([code]);
  });

  it.skipIf(!isSkaffoldCode(code) || skaffoldExamples[code].instead)('is found by `diagnose`', async () => {
    const example = skaffoldExamples[code as SkaffoldCode];
    const { diagnostics } = await skaffoldReader(around(example)).merged(configurationRequest(example));
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toEqual(decidedByFlags.has(code) ? [] : [code]);
  });

  it('is explained in sentences', () => {
    const { title, explanation } = codes[code];
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(explanation).toMatch(/\.$/);
    expect(docsAnchor(code)).toBe(`docs/diagnostics-skaffold.md#${code.toLowerCase()}`);
  });

  it('says one line without a full stop', async () => {
    for (const { message } of await diagnosticsOf(code)) expect(message).toMatch(/^[^\n]+[^.\n]$/);
  });
});

it('is the only place that diagnostics are made from: every code is used in the sources', () => {
  const source = fileURLToPath(new URL('../../', import.meta.url));
  const texts = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !/codes\/|-codes\.ts$/.test(file))
    .map((file) => readFileSync(`${source}${file}`, 'utf8'))
    .join('\n');
  const used = new Set([...texts.matchAll(/'([SD]\d{3})'/g)].map((match) => match[1] ?? ''));
  expect(all.filter((code) => !used.has(code))).toEqual([]);
});

it('slipway explain knows every code', async () => {
  expect(Object.keys(await skaffoldFrontEnd(around({})).codes()).sort()).toEqual([...all].sort());
});

it('is documented in docs/diagnostics-skaffold.md', async () => {
  const sections = await Promise.all(all.map(async (code) => await section(code)));
  const page = `${introduction}\n${sections.join('\n')}`;
  await expect(page).toMatchFileSnapshot(
    fileURLToPath(new URL('../../../docs/diagnostics-skaffold.md', import.meta.url)),
  );
});

const introduction = `# Mistakes in a skaffold.yaml or Dockerfile, by code

Codes with S are mistakes in a \`skaffold.yaml\`, and codes with D are mistakes in a Dockerfile. A \`skaffold.yaml\` can also have mistakes
that every YAML file can have: [diagnostics.md](diagnostics.md) has those, with W. Slipway reports all mistakes of a \`skaffold.yaml\` and of
the files that it requires at once. With an error nothing is built, and the exit code is 2. Warnings stop nothing. A Dockerfile is read when
its artifact is built, so its mistakes fail that artifact only. \`slipway explain CODE\` prints the same text as this page. (A test generates this
page from the tables of codes.)
`;

async function section(code: Code): Promise<string> {
  const { title, explanation } = codes[code];
  const command = isSkaffoldCode(code) ? skaffoldExamples[code].command : undefined;
  const hidden = !isSkaffoldCode(code) && dockerfileExamples[code].hidden === true;
  const rendered = renderDiagnostics(await diagnosticsOf(code), { width: 100, unicode: true }).split('\n\n')[0] ?? '';
  const shown = [...(command === undefined ? [] : [`$ ${command}`]), rendered].join('\n');
  const example = hidden ? [] : ['```text', shown, '```', ''];
  return [`## ${code}`, '', `**${title}.** ${explanation}`, '', ...example].join('\n');
}
