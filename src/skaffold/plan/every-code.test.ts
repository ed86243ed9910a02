/**
 * Every code of `skaffold.yaml` and of Dockerfiles is found by its example.
 * `docs/diagnostics-skaffold.md` is generated from the tables and these files. After a change, run
 * `npx vitest run src/skaffold/plan/every-code.test.ts -u`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import {
  dockerfileExamples,
  type DockerfileCode,
  type DockerfileExample,
} from '../../../test/rigs/dockerfile-code-examples.ts';
import {
  skaffoldExamples,
  type SkaffoldCode,
  type SkaffoldExample,
} from '../../../test/rigs/skaffold-code-examples.ts';
import { memoryFiles } from '../../../test/rigs/memory-pipeline.ts';
import { dockerDependencies } from '../../build/dockerfile/docker-dependencies.ts';
import { dockerfileCodes } from '../../build/dockerfile/dockerfile-codes.ts';
import { readDockerfile } from '../../build/dockerfile/read-dockerfile.ts';
import { docsAnchor } from '../../diagnostics/codes.ts';
import { renderDiagnostics } from '../../diagnostics/render.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import type { ConfigurationRequest } from '../../engine/configuration-reader.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { skaffoldReader } from '../configuration-reader.ts';
import { skaffoldFrontEnd } from '../front-end.ts';
import { skaffoldCodes } from '../problem.ts';
import { loadBuild } from './load-build.ts';

const codes = { ...skaffoldCodes, ...dockerfileCodes };
type Code = SkaffoldCode | DockerfileCode;
const isSkaffoldCode = (code: string): code is SkaffoldCode => Object.hasOwn(skaffoldCodes, code);
const all = (Object.keys(codes) as Code[]).sort((a, b) => rank(a) - rank(b));

/** Those of `skaffold.yaml` come first. */
function rank(code: string): number {
  return (code.startsWith('D') ? 1000 : 0) + Number(code.slice(1));
}

const folder = '/home/dev/shop';

function around({ text, files = {}, context }: SkaffoldExample) {
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
function configurationRequest({
  text,
  request: { profiles = [], modules = [] } = {},
}: SkaffoldExample): ConfigurationRequest {
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
