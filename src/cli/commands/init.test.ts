import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { it as commandLine } from '../../../test/rigs/command-line.ts';
import type { InitQuestion, ProjectBuilder, ProjectImage } from '../../engine/project-initializer.ts';

const docker = (path: string): ProjectBuilder => ({
  ...{ type: 'docker', path, context: '.', names: [], ports: [], isVariant: false, baseArguments: [] },
});
const web: ProjectImage = { name: 'shop/web', written: 'shop/web', at: 'k.yaml:5:12', pinned: false };
const question: InitQuestion = {
  ...{ kind: 'builder', image: web, candidates: [docker('a/Dockerfile'), docker('b/Dockerfile')] },
  ...{ why: 'several builders fit', isOptional: false },
};

const it = commandLine.extend<{ folder: string }>({
  folder: async ({}, use) => {
    const folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'slipway-init-')));
    await use(folder);
    fs.rmSync(folder, { recursive: true, force: true });
  },
});

describe('init', () => {
  it('writes the file, and says what is in it and what is next', async ({ services, slipway, folder }) => {
    services.propose = () => ({
      artifacts: [{ image: 'shop/web', builder: docker('web/Dockerfile'), why: 'named after `web`' }],
      unmatched: [{ ...web, name: 'redis' }],
      leftOut: [{ what: 'x', why: 'too large', help: 'cut it' }],
      files: [{ path: 'deployment.yaml', text: 'kind: Deployment\n' }],
    });
    const { code, stdout, stderr } = await slipway(['-C', folder, 'init']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`builds
  shop/web  docker  web/Dockerfile  named after \`web\`
generates
  deployment.yaml  a Deployment for an image without manifests
left out
  redis  the image in k.yaml:5:12: no builder was matched
  x      too large; cut it
wrote deployment.yaml
wrote skaffold.yaml

next  slipway -C ${folder} build
`);
    expect(fs.readdirSync(folder).sort()).toEqual(['deployment.yaml', 'skaffold.yaml']);
    expect(fs.readFileSync(join(folder, 'skaffold.yaml'), 'utf8')).toBe('kind: Config\n');
  });

  it.for(['skaffold.yaml', 'skaffold.yml'])('replaces no %s', async (name, { services, slipway, folder }) => {
    fs.writeFileSync(join(folder, name), 'old');
    const refused = await slipway(['-C', folder, 'init']);
    expect([refused.code, refused.stdout, services.initRequest]).toEqual([2, '', undefined]);
    expect(refused.stderr).toContain('exists');
    expect(fs.readdirSync(folder)).toEqual([name]);
  });

  it('replaces the file with --force, but never a link', async ({ slipway, folder }) => {
    const path = join(folder, 'skaffold.yaml');
    fs.writeFileSync(path, 'old');
    expect((await slipway(['-C', folder, 'init', '--force'])).code).toBe(0);
    expect(fs.readFileSync(path, 'utf8')).toBe('kind: Config\n');
    fs.renameSync(path, join(folder, 'other'));
    fs.symlinkSync('other', path);
    const refused = await slipway(['-C', folder, 'init', '--force']);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('is a link');
  });

  it('leaves no new file after an error', async ({ services, slipway, folder }) => {
    services.propose = () => ({
      files: [
        { path: 'a.yaml', text: 'a' },
        { path: 'missing/b.yaml', text: 'b' },
      ],
    });
    const { code, stderr } = await slipway(['-C', folder, 'init']);
    expect([code, fs.readdirSync(folder)]).toEqual([3, []]);
    expect(stderr).toContain('cannot write');
  });

  it('prints the file with --dry-run', async ({ slipway, folder }) => {
    fs.writeFileSync(join(folder, 'skaffold.yaml'), 'old');
    expect(await slipway(['-C', folder, 'init', '--dry-run'])).toMatchObject({ code: 0, stdout: 'kind: Config\n' });
    expect(fs.readFileSync(join(folder, 'skaffold.yaml'), 'utf8')).toBe('old');
  });

  it('refuses what is not certain without a terminal, and prints the flags', async ({ services, slipway, folder }) => {
    services.propose = () => ({
      artifacts: [{ image: 'api', builder: docker('api/Dockerfile'), why: '' }],
      questions: [question, { kind: 'kustomization', candidates: ['overlays/a', 'overlays/b'] }],
    });
    const { code, stdout, stderr } = await slipway(['-C', folder, 'init']);
    expect([code, stdout, fs.readdirSync(folder)]).toEqual([2, '', []]);
    expect(stderr).toContain(
      'k.yaml:5:12: no certain builder for `shop/web`: several builders fit (`a/Dockerfile`, `b/Dockerfile`)',
    );
    expect(stderr).toContain(
      `init --artifact api/Dockerfile=api --artifact a/Dockerfile=shop/web --default-kustomization overlays/a`,
    );
  });

  it('gives each builder one image in the flags that it prints', async ({ services, slipway, folder }) => {
    const image = { ...web, name: 'shop/api' };
    services.propose = () => ({ questions: [question, { ...question, image }] });
    expect((await slipway(['-C', folder, 'init'])).stderr).toContain(
      `init --artifact a/Dockerfile=shop/web --artifact b/Dockerfile=shop/api`,
    );
  });

  it('needs no answer for what is optional', async ({ services, slipway, folder }) => {
    services.propose = () => ({ questions: [{ ...question, isOptional: true }] });
    expect((await slipway(['-C', folder, 'init'])).code).toBe(0);
  });

  it('asks at a terminal until the answer is one of the choices', async ({ services, slipway, folder }) => {
    services.propose = ({ builders, kustomization }) => ({
      questions: [
        ...(builders.has('shop/web') ? [] : [question]),
        ...(kustomization === undefined ? [{ kind: 'kustomization', candidates: ['a', 'b'] } as const] : []),
      ],
      yaml: `builder: ${builders.get('shop/web')?.path ?? 'none'}\nkustomization: ${kustomization ?? ''}\n`,
    });
    const { code, stderr } = await slipway(['-C', folder, 'init'], (host) => {
      host.stdin.isTerminal = true;
      host.stderr.isTerminal = true;
      host.answers.push('x', '9', '2', '1');
    });
    expect(code).toBe(0);
    expect(stderr).toContain('  2  docker  b/Dockerfile');
    expect(fs.readFileSync(join(folder, 'skaffold.yaml'), 'utf8')).toBe('builder: b/Dockerfile\nkustomization: a\n');
  });

  it('is cancelled by the end of input', async ({ services, slipway, folder }) => {
    services.propose = () => ({ questions: [question] });
    const { code } = await slipway(['-C', folder, 'init'], (host) => {
      host.stdin.isTerminal = true;
      host.stderr.isTerminal = true;
    });
    expect([code, fs.readdirSync(folder)]).toEqual([130, []]);
  });

  it('writes nothing that has a mistake', async ({ services, slipway, folder }) => {
    services.propose = () => ({ diagnostics: [{ code: 'S001', severity: 'error', message: 'wrong' }] });
    const wrong = await slipway(['-C', folder, 'init']);
    expect([wrong.code, fs.readdirSync(folder)]).toEqual([2, []]);
    expect(wrong.stderr).toContain('error S001 wrong');
    services.propose = () => ({ mistakes: [{ message: 'nothing to build', help: 'add a Dockerfile' }] });
    const nothing = await slipway(['-C', folder, 'init']);
    expect([nothing.code, nothing.stderr]).toEqual([2, 'error: nothing to build\n  add a Dockerfile\n']);
  });

  it('prints JSON', async ({ services, slipway, folder }) => {
    const artifact = { image: 'shop/web', builder: docker('web/Dockerfile'), why: 'because' };
    services.propose = () => ({ artifacts: [artifact] });
    const written = JSON.parse((await slipway(['-C', folder, 'init', '--output', 'json'])).stdout) as object;
    expect(written).toMatchObject({
      ...{ file: join(folder, 'skaffold.yaml'), written: true, yaml: 'kind: Config\n', questions: [] },
      artifacts: [{ image: 'shop/web', builder: 'Docker', payload: { path: 'web/Dockerfile' }, why: 'because' }],
    });
    services.propose = () => ({ questions: [question] });
    const refused = await slipway(['-C', folder, 'init', '--force', '--output', 'json']);
    expect(refused.code).toBe(2);
    expect(JSON.parse(refused.stdout)).toMatchObject({ written: false, questions: [{ image: 'shop/web' }] });
  });

  it('prints the analysis in the form of Skaffold', async ({ services, slipway, folder }) => {
    const [a, b] = [docker('a/Dockerfile'), docker('b/Dockerfile')];
    services.findings = { ...services.findings, builders: [a, b], images: [web, { ...web, name: 'redis' }] };
    services.propose = () => ({ artifacts: [{ image: 'shop/web', builder: b, why: '' }] });
    const { code, stdout } = await slipway(['-C', folder, 'init', '--analyze']);
    expect([code, fs.readdirSync(folder)]).toEqual([0, []]);
    expect(JSON.parse(stdout)).toEqual({
      builders: ['b', 'a'].map((name) => ({ name: 'Docker', payload: { path: `${name}/Dockerfile` } })),
      images: [
        { name: 'shop/web', foundMatch: true },
        { name: 'redis', foundMatch: false },
      ],
    });
  });

  it('takes flags and variables', async ({ services, slipway, folder }) => {
    services.environment = {
      SKAFFOLD_SKIP_BUILD: 'true',
      SKAFFOLD_GENERATE_MANIFESTS: 'true',
      SKAFFOLD_DEFAULT_KUSTOMIZATION: 'k',
      SKAFFOLD_KUBERNETES_MANIFEST: 'a.yaml,b.yaml',
    };
    await slipway([
      '-C',
      folder,
      'init',
      '--no-skip-build',
      '-k',
      'c.yaml',
      '--no-jib',
      '--ko',
      '--buildpacks',
      '-f',
      'x.yaml',
    ]);
    expect(services.initRequest).toMatchObject({
      ...{ folder, file: join(folder, 'x.yaml'), manifests: ['c.yaml'], kustomization: 'k', skipBuild: false },
      ...{ generateManifests: true, jib: false, ko: true, buildpacks: 'gcr.io/buildpacks/builder:v1' },
    });
    expect(fs.readdirSync(folder)).toEqual(['x.yaml']);
  });

  it.for([
    [['missing'], 'is not a folder'],
    [['-a', 'x'], 'must be DOCKERFILE=IMAGE or JSON'],
    [['-a', 'a=b', '--compose-file', 'c.yaml'], 'both say what to build'],
    [['-f', '/tmp/elsewhere.yaml', '.'], ''],
    [['--force=x'], 'must be true or false'],
  ] as const)('%j', async ([argv, message], { slipway, folder }) => {
    const { code, stderr } = await slipway(['-C', folder, 'init', ...argv, ...(message === '' ? ['--dry-run'] : [])]);
    expect(code).toBe(message === '' ? 0 : 2);
    expect(stderr).toContain(message);
  });
});
