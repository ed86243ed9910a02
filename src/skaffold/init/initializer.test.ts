/** Whole projects on disk, from files to a configuration. */
import fs from 'node:fs';
import { geteuid } from 'node:process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { projectDir, type ProjectFile } from '../../../test/rigs/project-dir.ts';
import type { InitProposal, InitRequest, ProjectFindings } from '../../engine/project-initializer.ts';
import { sourceFiles } from '../../util/source-files.ts';
import { skaffoldInitializer } from './initializer.ts';

interface Made {
  readonly proposal: InitProposal;
  readonly findings: ProjectFindings;
  /** The configuration as data. */
  readonly configuration: Readonly<Record<string, unknown>>;
}

async function make(
  files: Readonly<Record<string, ProjectFile>>,
  options: Partial<InitRequest> = {},
  prepare: (folder: string) => void = () => undefined,
): Promise<Made> {
  await using project = await projectDir(files);
  prepare(project.path);
  const initializer = skaffoldInitializer({
    ...{ env: {}, home: '/home/me', files: sourceFiles, repositories: '/repositories' },
    kube: async () => await Promise.resolve({}),
  });
  const request: InitRequest = {
    ...{ folder: project.path, file: join(project.path, 'skaffold.yaml'), artifacts: [], manifests: [] },
    ...{ skipBuild: false, generateManifests: false, jib: true, ko: false, ...options },
  };
  const findings = await initializer.inspect(request, new AbortController().signal);
  const proposal = await initializer.propose(request, findings, { builders: new Map() });
  expect(proposal.diagnostics).toEqual([]);
  return { proposal, findings, configuration: parse(proposal.yaml) as Made['configuration'] };
}

const image = 'FROM scratch\n';
const pod = (...images: readonly string[]) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers: [${images.map((one) => `{name: c, image: ${one}}`).join(', ')}]\n`;

describe('the initializer', () => {
  it('matches the images of manifests with Dockerfiles', async () => {
    const { proposal, configuration } = await make({
      ...{ 'web/Dockerfile': 'FROM scratch\nCOPY web/page /\n', 'web/page': '', 'api/Dockerfile.slim': image },
      ...{ 'k8s/web.yaml': pod('acme/web', 'redis:7'), 'k8s/api.yaml': pod('api'), 'config.yaml': 'a: 1\n' },
    });
    expect(configuration).toEqual({
      ...{ apiVersion: 'skaffold/v4beta14', kind: 'Config', metadata: { name: 'project' } },
      build: {
        artifacts: [
          { image: 'api', context: 'api', docker: { dockerfile: 'Dockerfile.slim' } },
          { image: 'acme/web', docker: { dockerfile: 'web/Dockerfile' } },
        ],
      },
      manifests: { rawYaml: ['k8s/api.yaml', 'k8s/web.yaml'] },
    });
    expect(proposal.unmatched.map(({ name }) => name)).toEqual(['redis']);
    expect(proposal.questions).toEqual([]);
  });

  it('names images after folders without manifests', async () => {
    const { configuration, proposal } = await make({
      ...{ Dockerfile: image, 'Dockerfile.dev': image, 'a/web/Dockerfile': image, 'b/web/Dockerfile': image },
      'Dockerfile.job': image,
    });
    expect(configuration['build']).toEqual({
      artifacts: [
        { image: 'project' },
        { image: 'job', docker: { dockerfile: 'Dockerfile.job' } },
        { image: 'web', context: 'a/web' },
        { image: 'b-web', context: 'b/web' },
      ],
    });
    expect(proposal.leftOut.map(({ what }) => what)).toEqual(['Dockerfile.dev']);
    expect(configuration['manifests']).toBeUndefined();
  });

  it('uses the overlay for development, and makes profiles of the others', async () => {
    const overlay = 'resources: [../../base]\n';
    const files = {
      ...{ Dockerfile: image, 'k/base/kustomization.yaml': 'resources: [pod.yaml]\n', 'k/base/pod.yaml': pod('app') },
      ...{ 'k/overlays/prod/kustomization.yml': overlay, 'k/overlays/prod/patch.yaml': pod('ignored:1') },
      'k/overlays/dev/kustomization.yaml': `${overlay}images: [{name: app, newName: acme/project}]\n`,
    };
    const { configuration } = await make(files);
    expect(configuration).toMatchObject({
      build: { artifacts: [{ image: 'acme/project' }] },
      manifests: { kustomize: { paths: ['k/overlays/dev'] } },
      profiles: [{ name: 'prod', manifests: { kustomize: { paths: ['k/overlays/prod'] } } }],
    });
    const chosen = await make(files, { kustomization: 'k/overlays/prod/' });
    expect(chosen.configuration['profiles']).toMatchObject([{ name: 'dev' }]);
    const wrong = await make(files, { kustomization: 'k' });
    expect(wrong.proposal.mistakes[0]?.help).toBe('write `k/overlays/dev` or `k/overlays/prod`');
  });

  it('asks which overlay is the standard one if no name says so', async () => {
    const { proposal } = await make({
      ...{ Dockerfile: image, 'a/kustomization.yaml': 'resources: []\n', 'b/kustomization.yaml': 'resources: []\n' },
    });
    expect(proposal.questions).toEqual([{ kind: 'kustomization', candidates: ['a', 'b'] }]);
  });

  it('installs charts, and finds images in their values', async () => {
    const { configuration } = await make({
      ...{
        'api/Dockerfile': image,
        'chart/Chart.yaml': 'name: shop\n',
        'chart/values.yaml': 'image: {repository: acme/api}\n',
      },
      ...{ 'chart/templates/pod.yaml': pod('{{ .Values.image }}'), 'chart/charts/db/Chart.yaml': 'name: db\n' },
      'job.yaml': pod('busybox:1'),
    });
    expect(configuration).toMatchObject({
      build: { artifacts: [{ image: 'acme/api', context: 'api' }] },
      manifests: { rawYaml: ['job.yaml'] },
      deploy: { kubectl: {}, helm: { releases: [{ name: 'shop', chartPath: 'chart' }] } },
    });
  });

  it('builds Jib modules, and programs without a Dockerfile if a flag says so', async () => {
    const plugin = '<build><plugins><plugin><artifactId>jib-maven-plugin</artifactId></plugin></plugins></build>';
    const files = {
      'pom.xml': '<project><packaging>pom</packaging><modules><module>web</module></modules></project>',
      'web/pom.xml': `<project><artifactId>web</artifactId>${plugin}</project>`,
      ...{
        'go/go.mod': 'module x\n',
        'go/cmd/job/main.go': '// A job.\npackage main\n\nfunc main() {}\n',
        'go/lib.go': 'package x\n',
      },
      'site/package.json': '{}',
    };
    const artifacts = async (options: Partial<InitRequest>) => (await make(files, options)).configuration['build'];
    const jib = { image: 'web', jib: { project: 'web' } };
    expect(await artifacts({})).toEqual({ artifacts: [jib] });
    expect(await artifacts({ ko: true })).toEqual({
      artifacts: [jib, { image: 'job', context: 'go', ko: { main: './cmd/job' } }],
    });
    expect(await artifacts({ jib: false, buildpacks: 'b:1' })).toEqual({
      artifacts: [
        { image: 'site', context: 'site', buildpacks: { builder: 'b:1' } },
        { image: 'project', context: 'go', buildpacks: { builder: 'b:1' } },
      ],
    });
    const { proposal } = await make(files, { jib: false });
    expect(proposal.mistakes).toEqual([
      {
        message: expect.stringContaining('has nothing that builds an image') as string,
        help: '`go/go.mod` can be built without a Dockerfile: --ko',
      },
    ]);
  });

  it('builds exactly what --artifact names', async () => {
    const files = { 'a/Dockerfile': 'FROM scratch\nEXPOSE 80\n', 'b/Dockerfile': image, 'k.yaml': pod('a', 'b') };
    const given = await make(files, {
      artifacts: [
        {
          builder: 'docker',
          image: 'acme/b',
          path: 'b/Dockerfile',
          context: '.',
          manifest: { generate: true, port: 9 },
        },
      ],
    });
    expect(given.configuration).toMatchObject({
      build: { artifacts: [{ image: 'acme/b', docker: { dockerfile: 'b/Dockerfile' } }] },
      manifests: { rawYaml: ['k.yaml', 'b/deployment.yaml'] },
    });
    expect(given.proposal.files[0]?.text).toContain('containerPort: 9');
    const wrong = await make(files, {
      artifacts: ['missing/Dockerfile', '../Dockerfile', 'k.yaml'].map((path) => ({
        builder: 'docker',
        image: 'x',
        path,
      })),
    });
    expect(wrong.proposal.mistakes.map(({ message }) => message)).toEqual([
      '--artifact `missing/Dockerfile`: the file does not exist',
      '--artifact `../Dockerfile`: it is outside of the project',
      '--artifact `k.yaml`: it is no Dockerfile: it has no FROM',
      expect.stringContaining('nothing that builds an image'),
    ]);
  });

  it('builds the services of a Compose file', async () => {
    const { configuration, proposal } = await make(
      {
        ...{ 'web/Dockerfile': image, 'api/x.Dockerfile': 'FROM scratch AS t\n', 'k.yaml': pod('acme/web') },
        'compose.yaml':
          'services:\n  web: {build: web, ports: ["80:8080"]}\n  api: {image: "acme/api:1", build: {context: api, dockerfile: x.Dockerfile, target: t, args: {A: b}, ssh: [default]}}\n',
      },
      { composeFile: 'compose.yaml', generateManifests: true },
    );
    expect(configuration['build']).toEqual({
      artifacts: [
        { image: 'acme/web', context: 'web' },
        {
          image: 'acme/api',
          context: 'api',
          docker: { dockerfile: 'x.Dockerfile', target: 't', buildArgs: { A: 'b' } },
        },
      ],
    });
    expect(proposal.files.map(({ path }) => path)).toEqual(['api/deployment.yaml']);
    expect(proposal.leftOut).toContainEqual({ what: 'compose.yaml: api', why: 'artifacts have no `build.ssh`' });
  });

  it('makes manifests, and writes over no file', async () => {
    const { proposal, configuration } = await make(
      { 'web/Dockerfile': 'FROM scratch\nEXPOSE 80 443\n', 'web/deployment.yaml': 'a: 1\n', 'job/Dockerfile': image },
      { generateManifests: true },
    );
    expect(proposal.files.map(({ path }) => path)).toEqual(['job/deployment.yaml', 'web/deployment-web.yaml']);
    expect(configuration['manifests']).toEqual({ rawYaml: ['job/deployment.yaml', 'web/deployment-web.yaml'] });
    expect(proposal.files[1]?.text.split('---\n').map((text) => parse(text) as unknown)).toMatchObject([
      {
        kind: 'Service',
        spec: {
          selector: { app: 'web' },
          ports: [
            { name: 'port-80', port: 80 },
            { name: 'port-443', port: 443 },
          ],
        },
      },
      { kind: 'Deployment', spec: { template: { spec: { containers: [{ image: 'web' }] } } } },
    ]);
    expect(proposal.leftOut).toContainEqual(expect.objectContaining({ what: 'Service of job' }));
  });

  it('builds base images first, and hands them on', async () => {
    const { configuration } = await make({
      ...{
        'base/Dockerfile': image,
        'tool/Dockerfile': 'ARG NODE=node:22\nARG X=tool-base\nFROM $NODE\nFROM ${X}\n',
      },
      'web/Dockerfile': 'ARG BASE=acme/base:latest\nFROM $BASE\nFROM node\n',
      ...{
        'a/Dockerfile': 'ARG B=b\nFROM $B\n',
        'b/Dockerfile': 'ARG A=a\nFROM $A\n',
        'c/Dockerfile': 'ARG C=c\nFROM $C\n',
      },
    });
    expect(configuration['build']).toEqual({
      artifacts: [
        { image: 'a', context: 'a', requires: [{ image: 'b', alias: 'B' }] },
        { image: 'b', context: 'b' },
        { image: 'base', context: 'base' },
        { image: 'c', context: 'c' },
        { image: 'tool', context: 'tool', requires: [{ image: 'base', alias: 'X' }] },
        { image: 'web', context: 'web', requires: [{ image: 'base', alias: 'BASE' }] },
      ],
    });
  });

  it('writes what the flags say without builders or manifests', async () => {
    const skipped = await make({ Dockerfile: image, 'k.yaml': pod('x') }, { skipBuild: true });
    expect(skipped.configuration).toMatchObject({ manifests: { rawYaml: ['k.yaml'] } });
    expect(skipped.configuration['build']).toBeUndefined();
    const named = await make({ Dockerfile: image, 'k.yaml': pod('x') }, { manifests: ['later/*.yaml'] });
    expect(named.configuration['manifests']).toEqual({ rawYaml: ['later/*.yaml'] });
    expect((await make({}, { skipBuild: true })).proposal.mistakes).toHaveLength(1);
    expect((await make({})).proposal.mistakes).toHaveLength(1);
  });
});

describe('a hostile or strange project', () => {
  it('is looked at without what Git ignores, dependencies and hidden folders', async () => {
    const { findings } = await make({
      ...{
        '.gitignore': 'out/\n*.gen.yaml\n',
        'out/Dockerfile': image,
        'k.gen.yaml': pod('x'),
        'web/Dockerfile': image,
      },
      ...{ 'node_modules/a/Dockerfile': image, 'web/vendor/b/Dockerfile': image, '.devcontainer/Dockerfile': image },
      'web/.gitignore': 'Dockerfile.local\n',
      'web/Dockerfile.local': image,
    });
    expect(findings.builders.map(({ path }) => path)).toEqual(['web/Dockerfile']);
    expect(findings.images).toEqual([]);
  });

  it('has files that cannot be read: each is named, and the rest goes on', async () => {
    const { findings, proposal } = await make(
      {
        ...{ Dockerfile: image, 'big.yaml': 'a'.repeat(2 ** 20 + 1), 'binary.yaml': Buffer.from([0xff, 0xfe, 0]) },
        ...{
          'bomb.yaml': `apiVersion: v1\nkind: Pod\nx: ${'['.repeat(100_000)}`,
          'closed.yaml': { content: pod('x'), mode: 0o000 },
        },
        'empty/Dockerfile': '',
      },
      {},
      (folder) => {
        fs.symlinkSync('/etc/hostname', join(folder, 'out.yaml'));
        fs.symlinkSync('.', join(folder, 'loop'));
        fs.symlinkSync('missing', join(folder, 'Dockerfile.gone'));
      },
    );
    const why = Object.fromEntries(findings.leftOut.map((one) => [one.what, one.why]));
    expect(why).toMatchObject({
      'big.yaml': 'it is larger than 1 MiB',
      'binary.yaml': 'it is not UTF-8 text',
      'bomb.yaml': expect.stringMatching(/^bomb\.yaml:\d+:\d+: W0/) as string,
      'Dockerfile.gone': 'no such file or directory',
      'out.yaml': 'it is a link out of the project',
      ...(geteuid?.() === 0 ? {} : { 'closed.yaml': 'permission denied' }),
    });
    expect(proposal.artifacts.map((one) => one.builder.path)).toEqual(['Dockerfile']);
  });

  it('has names that YAML, terminals and shells would misread', async () => {
    const { configuration } = await make({
      ...{
        'yes/Dockerfile': image,
        'a b: #c/Dockerfile': image,
        '-x/Dockerfile': image,
        '\u202eevil/Dockerfile': image,
      },
    });
    expect(configuration['build']).toEqual({
      artifacts: expect.arrayContaining([
        { image: 'yes', context: 'yes' },
        { image: 'a-b-c', context: 'a b: #c' },
        { image: 'x', context: '-x' },
        { image: 'evil', context: '\u202eevil' },
      ]) as unknown,
    });
  });
});
