/**
 * One invalid file for every code; TypeScript requires one for each. `docs/diagnostics.md` is generated from the table
 * and these files. After a change, run `npx vitest run src/wharf/plan/every-code.test.ts -u`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadText, memoryFiles, type LoadOptions } from '../../../test/rigs/memory-pipeline.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { problem, wharfCodes } from '../problem.ts';
import { docsAnchor, yamlCodes } from '../../diagnostics/codes.ts';
import { operatorCodes } from '../../operator/operator-codes.ts';
import { problem as secretProblem, secretCodes } from '../../runs/secrets/secret-codes.ts';
import { problem as warningProblem, warningCodes } from '../../runs/warning-codes.ts';
import type { WarningCode } from '../../model/warning.ts';
import { renderDiagnostics } from '../../diagnostics/render.ts';
import { loadPipeline } from './load-pipeline.ts';
import { readVariableFiles } from './variable-files.ts';

const codes = { ...yamlCodes, ...operatorCodes, ...secretCodes, ...warningCodes, ...wharfCodes };
type Code = keyof typeof codes;
const isCode = (text: string): text is Code => Object.hasOwn(codes, text);

interface Example extends LoadOptions {
  readonly text: string;
  /** For a code that is reported only while a run is prepared, and tested there: the diagnostic. */
  readonly later?: Diagnostic;
  /** The command line in the docs. */
  readonly command?: string;
  /** Too long or empty to show. */
  readonly hidden?: true;
}

/** A warning of a run that goes on. */
const warnedOf = (code: WarningCode, message: string, command: string): Example => ({
  text: '',
  later: warningProblem(code, undefined, { message }),
  command,
});

const step = '{container: {image: "alpine:3", cmds: [make]}}';
const container = (...lines: string[]) =>
  ['test:', '  unit:', '    container:', ...lines.map((line) => `      ${line}`), ''].join('\n');
const docker = (...lines: string[]) =>
  ['image:', '  app:', '    docker:', ...lines.map((line) => `      ${line}`), ''].join('\n');
const kubectl = (...lines: string[]) =>
  [
    'deploy:',
    '  app:',
    '    kubectl:',
    '      file: deploy/app.yaml',
    ...lines.map((line) => `      ${line}`),
    '',
  ].join('\n');
const clusters = 'clusters:\n  prod: {context: admin@prod}\n';
const withField = (line: string) =>
  ['test:', '  unit:', `    ${line}`, '    container:', '      image: alpine:3', '      cmds: [make]', ''].join('\n');
const withInput = (...lines: string[]) =>
  ['inputs:', ...lines.map((line, i) => `${i === 0 ? '  - ' : '    '}${line}`), `test: {unit: ${step}}`, ''].join('\n');
const laughs = [
  'a: &a [x, x, x, x, x, x, x, x, x, x]',
  ...[...'bcdefg'].map(
    (name, i) =>
      `${name}: &${name} [${Array(10)
        .fill(`*${'abcdefg'[i] ?? ''}`)
        .join(', ')}]`,
  ),
].join('\n');
const deployOnly = `environments:\n  prod: {}\ndeploy:\n  environments: [prod]\n  app: ${step}\n`;

const examples: Record<Code, Example> = {
  W001: { text: '', hidden: true },
  W002: { text: '', hidden: true },
  W003: { text: '', hidden: true },
  W004: { text: container('image: alpine:3', 'cmds: [make', '') },
  W005: { text: `test: {unit: ${step}}\n---\nbuild: {app: ${step}}\n` },
  W006: { text: `test:\n  unit: &unit ${step}\n  again: *unti\n` },
  W007: { text: 'test:\n  unit: &unit {container: {<<: *unit, image: "alpine:3", cmds: [make]}}\n' },
  W008: { text: laughs, hidden: true },
  W009: { text: container('image: !secret alpine', 'cmds: [make]') },
  W010: { text: container('image: alpine:3', 'cmds: [make]', 'image: alpine:4') },
  W011: { text: container('image: alpine:3', 'cmds:', '  - echo note: done') },
  W012: { text: container('image: alpine:3', 'cmds: [make]', 'comands: [make]') },
  W013: { text: container('image: alpine:3') },
  W014: { text: container('image: ""', 'cmds: [make]') },
  W015: { text: 'test:\n  unit:\n    timeout: 10m\n' },
  W016: {
    text: 'test:\n  unit:\n    container: {image: "alpine:3", cmds: [make]}\n    docker: {file: Dockerfile, tag: latest}\n',
  },
  W017: { text: `test:\n  runs-if: always\n` },
  W018: { text: `? [test, unit]\n: x\ntest: {unit: ${step}}\n` },
  W019: { text: 'test:\n  unit:\n    <<: container\n    container: {image: "alpine:3", cmds: [make]}\n' },
  W020: { text: `test:\n  runs-if: allways\n  unit: ${step}\n` },
  W021: { text: `test:\n  runs-if: always\n  run-if: fail\n  unit: ${step}\n` },
  W022: {
    text: `environments:\n  staging: {}\ndeploy:\n  environments: [stagin]\n  app: ${step}\n`,
    purpose: 'validate',
  },
  W023: { text: container('image: alpine:3', 'cmds: [make]', 'os: windows') },
  W024: { text: withField('timeout: 10') },
  W025: { text: withField('memory: 512MB') },
  W026: { text: withField('retries: -1') },
  W027: { text: withField('artifacts: [../dist]') },
  W028: { text: withField('cache: ["*.o"]') },
  W029: { text: withField('env: {A=B: c}') },
  W030: { text: withField('artifacts: ["${folder}/**"]') },
  W031: {
    text: container('image: ${REGISTY}/app', 'cmds: [make]'),
    outer: { REGISTRY: 'registry.example.org' },
    command: 'WHARF_VAR_REGISTRY=registry.example.org slipway run',
  },
  W032: {
    text: `environments:\n  dev:\n    host: \${name}.example.org\n    name: app-\${host}\n${container('image: ${host}/app', 'cmds: [make]')}`,
    selection: { environment: 'dev' },
    command: 'slipway run -e dev',
  },
  W033: { text: withInput('name: version', 'type: text') },
  W034: {
    text: 'inputs:\n  - {name: version, type: string}\n  - {name: version, type: number}\ntest: {unit: {container: {image: "alpine:3", cmds: [make]}}}\n',
  },
  W035: { text: withInput('name: mode', 'type: choice', 'default: slwo', 'values: [fast, slow]') },
  W036: {
    text: withInput('name: token', 'type: password'),
    later: secretProblem(
      'W036',
      {
        file: '.wharf-ci.yml',
        line: 2,
        column: 11,
        length: 5,
        frame: { from: 1, lines: ['inputs:', '  - name: token'] },
      },
      { name: 'token', variable: 'SLIPWAY_INPUT_TOKEN' },
    ),
  },
  W037: { text: `${withInput('name: image', 'type: string').replace('alpine:3', '${image}')}` },
  W038: {
    text: [
      'environments:',
      '  dev:',
      ...Array.from({ length: 22 }, (_, i) => `    v${i}: ${i === 21 ? 'ha' : `\${v${i + 1}}\${v${i + 1}}`}`),
      container('image: ${v0}', 'cmds: [make]'),
    ].join('\n'),
    selection: { environment: 'dev' },
    hidden: true,
  },
  W039: { text: container('image: alpine:3', 'cmds: ["echo ${HOME} ${HOME}"]') },
  W042: {
    text: container('image: alpine:3', 'cmds: ["push to ${REGISTY}"]'),
    outer: { REGISTRY: 'registry.example.org' },
    command: 'WHARF_VAR_REGISTRY=registry.example.org slipway run',
  },
  W043: {
    text: withInput('name: token', 'type: password'),
    later: secretProblem('W043', undefined, { name: 'token', variable: 'SLIPWAY_INPUT_TOKEN' }),
    command: 'slipway run --input token=…',
  },
  W044: {
    text: withInput('name: token', 'type: password'),
    later: secretProblem('W044', undefined, { name: 'token' }),
    command: 'SLIPWAY_INPUT_TOKEN=… slipway run',
  },
  W045: { text: '', hidden: true },
  W040: {
    text: withInput('name: version', 'type: string'),
    inputs: { verson: '1' },
    command: 'slipway run --input verson=1',
  },
  W041: {
    text: withInput('name: mode', 'type: choice', 'default: fast', 'values: [fast, slow]'),
    inputs: { mode: 'faster' },
    command: 'slipway run --input mode=faster',
  },
  W046: {
    text: `deploy:\n  app: ${step}\n`,
    later: secretProblem(
      'W046',
      { file: '.wharf-ci.yml', line: 2, column: 3, length: 3, frame: { from: 2, lines: [`  app: ${step}`] } },
      { step: 'deploy/app', field: 'cmds[1]', secret: 'team-registry/username' },
    ),
    command: 'slipway rerun latest',
  },
  W057: {
    text: `environments:\n  dev: {}\n  prod: {registry: r.example.org}\n${container('image: alpine:3', 'cmds: ["push to ${registry}"]')}`,
    purpose: 'validate',
    command: 'slipway validate',
  },
  W047: { text: withField(`env: {BIG: ${'x'.repeat(200_000)}}`), hidden: true },
  W049: {
    text: container('image: alpine:3', `cmds: ["${'${BIG}'.repeat(70)}"]`),
    outer: { BIG: 'x'.repeat(2 ** 20) },
    hidden: true,
  },
  W048: {
    text: withInput('name: token', 'type: password'),
    later: secretProblem('W048', undefined, { name: 'token', variable: 'SLIPWAY_INPUT_TOKEN' }),
    command: 'slipway resume latest --input token=…',
  },
  W055: {
    text: withInput('name: version', 'type: string'),
    later: secretProblem('W055', undefined, { name: 'version', kept: true, passwords: ['token'] }),
    command: 'slipway rerun latest --input version=2',
  },
  W050: { text: `test: {unit: ${step}}\n`, selection: { stages: ['tset'] }, command: 'slipway run --stage tset' },
  W051: { text: `test: {unit: ${step}}\n`, selection: { steps: ['units'] }, command: 'slipway run --step units' },
  W052: {
    text: `environments: {dev: {}}\ntest: {unit: ${step}}\n`,
    selection: { environment: 'Dev' },
    command: 'slipway run --environment Dev',
  },
  W053: { text: deployOnly, selection: { stages: ['deploy'] }, command: 'slipway run --stage deploy' },
  W054: { text: deployOnly },
  W056: { text: 'inputs: []\n' },
  W060: {
    text: `inputs:\n  - {name: token, type: password}\n${container('image: registry.example.org/${token}', 'cmds: [make]')}`,
  },
  W061: { text: kubectl('cluster: prdo'), operator: clusters, kubeContext: 'dev' },
  W062: {
    text: `${container('image: alpine:3', 'cmds: [make]')}image:\n  app:\n    docker: {file: Dockerfile, tag: latest, destination: registry.example.org/app, secret: registry}\n`,
    operator:
      'secrets:\n  registry: {user: {environment: REGISTRY_USER}, password: {environment: REGISTRY_PASSWORD}}\n',
  },
  W063: {
    text: '',
    later: problem('W063', undefined, {
      name: 'registry',
      key: 'password',
      detail: 'there is no variable `REGISTRY_PASSWORD` in the environment of slipway',
    }),
  },
  W064: { text: kubectl(), operator: clusters },
  W069: {
    text: kubectl(),
    operator: 'clusters:\n  kubectl-config: {context: admin@prod}\n',
    kubeContext: 'dev',
    command: 'slipway run --kube-context dev',
  },
  W065: {
    text: '',
    later: problem('W065', undefined, { detail: 'cluster `prod`: there is no file `/home/dev/.kube/prod`' }),
  },
  W066: {
    text: kubectl(),
    operator: 'secrets:\n  registry:\n    password: {file: password, environment: REGISTRY_PASSWORD}\n',
    kubeContext: 'dev',
  },
  W067: { text: kubectl(), operator: 'secrets:\n  registry:\n    password: {}\n', kubeContext: 'dev' },
  W068: {
    text: kubectl(),
    operator: 'clusters:\n  default: prdo\n  prod: {context: admin@prod}\n',
    kubeContext: 'dev',
  },
  W078: {
    text: kubectl(),
    operator:
      'kubernetes:\n  podTemplate:\n    spec:\n      containers:\n        - name: slipway\n          image: registry.example.org/tools/busybox:1\n',
    kubeContext: 'dev',
  },
  W079: {
    text: kubectl(),
    operator:
      'kubernetes:\n  podTemplate:\n    spec:\n      volumes:\n        - {name: cache, emptyDir: {}}\n        - {name: cache, emptyDir: {sizeLimit: 1Gi}}\n',
    kubeContext: 'dev',
  },
  W080: {
    text: '',
    later: problem('W080', undefined, {
      from: '--kube-context',
      files: '~/.kube/config',
      name: 'admin@prdo',
      known: ['admin@prod', 'dev'],
    }),
    command: 'slipway run --on kubernetes --kube-context admin@prdo',
  },
  W081: {
    text: '',
    later: problem('W081', undefined, {
      word: 'kubernetes:prdo',
      name: 'prdo',
      known: ['prod', 'staging'],
      files: ['/home/dev/.config/slipway/config.yaml'],
    }),
    command: 'slipway run --on kubernetes:prdo',
  },
  W082: warnedOf(
    'W082',
    'cannot list the files of /home/dev/demo with Git (git is not installed): applying its .gitignore files, also to tracked files',
    'slipway run',
  ),
  W083: warnedOf(
    'W083',
    'secret team-registry, key password, is another one since the run was begun',
    'slipway rerun latest',
  ),
  W084: warnedOf(
    'W084',
    'docker-credential-pass has no credentials for registry.example.org; pulling without credentials',
    'slipway run',
  ),
  W085: warnedOf(
    'W085',
    'registry.example.org/app:1 cannot be pulled, retrying: connection refused',
    'slipway run --on kubernetes',
  ),
  W086: warnedOf('W086', 'cannot save cache .npm: no space left on device', 'slipway run'),
  W087: warnedOf('W087', 'slipway-01k9x3-1-1-1 may be left behind: the engine does not answer', 'slipway run'),
  W088: warnedOf(
    'W088',
    'memory limits are not enforced on this host: a process may use all the memory of the machine',
    'slipway run --on host',
  ),
  W089: warnedOf(
    'W089',
    'the engine has no init for containers (docker-init is not installed): a shell as the first process ignores SIGTERM',
    'slipway run',
  ),
  W090: warnedOf(
    'W090',
    'the cluster reports a problem with the pod: network is not ready',
    'slipway run --on kubernetes',
  ),
  W091: warnedOf('W091', 'secret deploy-keys: skipped keys that are not valid variable names: id.rsa', 'slipway run'),
  W092: warnedOf(
    'W092',
    'the image history contains the secret argument TOKEN, because the Dockerfile declares ARG TOKEN; everyone with the image can read it. Remove that ARG and write RUN --mount=type=secret,id=TOKEN … (the value is in /run/secrets/TOKEN)',
    'slipway run',
  ),
  W093: warnedOf('W093', 'the argument VERSION has no value and is not passed; write VERSION=VALUE', 'slipway run'),
  W094: warnedOf(
    'W094',
    'a connection to service/web:80 was closed: service/web has pods, but none of them is ready',
    'slipway run --port-forward',
  ),
  W070: { text: docker('file: Dockerfile', 'tag: feature/login', 'destination: registry.example.org/app') },
  W071: { text: docker('file: Dockerfile', 'tag: latest', 'destination: registry.example.org/app', 'args: ["=1.2"]') },
  W072: {
    text: docker(
      'file: Dockerfile',
      'tag: latest',
      'destination: registry.example.org/app',
      'secretArgs: [TOKEN=token]',
    ),
  },
  W073: {
    text: docker('file: Dockerfile', 'tag: latest', 'destination: registry.example.org/app').replace(
      '    docker',
      '    memory: 1Gi\n    docker',
    ),
  },
  W074: {
    text: `inputs:\n  - {name: token, type: password}\n${docker('file: Dockerfile', 'tag: latest', 'destination: registry.example.org/app', 'args: ["TOKEN=${token}"]')}`,
  },
  W075: { text: docker('file: Dockerfile', 'tag: latest', 'destination: registry.example.org/app', 'group: team') },
  W076: {
    text: [
      'deploy:',
      '  app:',
      '    helm:',
      '      chart: ./chart',
      '      name: app',
      '      namespace: app',
      '      helmVersion: v2.14.1',
      '',
    ].join('\n'),
  },
  W077: { text: kubectl('namespace: My App') },
};

const all = Object.keys(codes).filter(isCode).sort();

async function diagnosticsOf(code: Code): Promise<readonly Diagnostic[]> {
  const files = memoryFiles({
    '/home/dev/demo/pipeline.yml': '',
    '/home/dev/bad/.wharf-ci.yml': Uint8Array.of(0xff),
    '/home/dev/.wharf-vars.yml': Uint8Array.of(0xff),
  });
  const path = { W001: '/home/dev/demo', W002: '/home/dev/demo/pipeline.yml', W003: '/home/dev/bad' }[code as string];
  if (path !== undefined) return (await loadPipeline({ path, files, selection: {} })).diagnostics;
  if (code === 'W045')
    return (
      await readVariableFiles(
        [{ path: '/home/dev/.wharf-vars.yml', name: '../.wharf-vars.yml', beside: false, above: true }],
        files,
      )
    ).diagnostics;
  const { text, later, ...options } = examples[code];
  return later ? [later] : (await loadText(text, options)).diagnostics;
}

describe.each(all)('%s', (code) => {
  it('is found by its example, and nothing else is', async () => {
    expect((await diagnosticsOf(code)).map((diagnostic) => diagnostic.code)).toEqual([code]);
  });

  it('is explained in sentences', () => {
    const { title, explanation } = codes[code];
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(explanation).toMatch(/\.$/);
    expect(docsAnchor(code)).toBe(`docs/diagnostics.md#${code.toLowerCase()}`);
  });

  it('says one line without a full stop', async () => {
    for (const { message } of await diagnosticsOf(code)) expect(message).toMatch(/^[^\n]+[^.\n]$/);
  });
});

it('is the only place that diagnostics are made from: every code is used in the sources', () => {
  const source = fileURLToPath(new URL('../../', import.meta.url));
  const texts = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter(
      (file) =>
        file.endsWith('.ts') && !file.endsWith('.test.ts') && !/codes\/|-codes\.ts$/.test(file.replaceAll('\\', '/')),
    )
    .map((file) => readFileSync(`${source}${file}`, 'utf8'))
    .join('\n');
  const used = new Set([...texts.matchAll(/'(W\d{3})'/g)].map((match) => match[1] ?? ''));
  expect(all.filter((code) => !used.has(code))).toEqual([]);
});

it('is documented in docs/diagnostics.md', async () => {
  const sections = await Promise.all(all.map(async (code) => await section(code)));
  const page = `${introduction}\n${sections.join('\n')}`;
  await expect(page).toMatchFileSnapshot(fileURLToPath(new URL('../../../docs/diagnostics.md', import.meta.url)));
});

const introduction = `# Mistakes in a pipeline, by code

Slipway checks \`.wharf-ci.yml\`, the files that define its variables and names, and the command line. Every mistake has a code, and the
meaning of a code never changes. Slipway reports all mistakes at once, with their positions. With an error nothing runs, and the exit code is 2.
Warnings stop nothing. Warnings of a run that goes on have codes, too. \`slipway explain CODE\` prints the same text as this page. (A test generates this page from the table of codes.)
`;

async function section(code: Code): Promise<string> {
  const { title, explanation } = codes[code];
  const { command, hidden } = examples[code];
  const rendered = renderDiagnostics(await diagnosticsOf(code), { width: 100, unicode: true }).split('\n\n')[0] ?? '';
  const shown = [...(command === undefined ? [] : [`$ ${command}`]), rendered].join('\n');
  const example = hidden && code !== 'W001' && code !== 'W002' ? [] : ['```text', shown, '```', ''];
  return [`## ${code}`, '', `**${title}.** ${explanation}`, '', ...example].join('\n');
}
