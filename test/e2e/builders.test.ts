/** Builds artifacts of `skaffold.yaml` with the real ko and the real Jib, where this machine has them. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseImageReference } from '../../src/registry/image-reference.ts';
import { pushImage } from '../rigs/builder-images.ts';
import { engineJson } from '../rigs/ask-engine.ts';
import { nameImage, removeImage } from '../rigs/engine-images.ts';
import { baseImage, engines } from '../rigs/engines.ts';
import { projectDir, type ProjectDir, type ProjectFile } from '../rigs/project-dir.ts';
import { noRegistry, RegistryRig } from '../rigs/registry.ts';
import { runCli } from '../rigs/run-cli.ts';
import { onPath } from '../rigs/tool-image.ts';

const docker = engines.find(({ name }) => name === 'docker');
const noDocker = docker?.host === undefined ? 'SLIPWAY_TEST_DOCKER does not name an engine' : undefined;
const missing = (...programs: readonly string[]) =>
  programs.flatMap((name) => (onPath(name) === undefined ? [`no ${name} on the PATH`] : []))[0];
const jibVersion = '3.4.4';
const jibPlugin = join(homedir(), `.m2/repository/com/google/cloud/tools/jib-maven-plugin/${jibVersion}`);
const noKo = noDocker ?? noRegistry ?? missing('ko', 'go');
const noJib =
  noDocker ??
  noRegistry ??
  missing('mvn', 'java', 'docker') ??
  (existsSync(jibPlugin) ? undefined : `Maven has not downloaded jib-maven-plugin ${jibVersion} yet`);

interface Built {
  readonly results: readonly { readonly id?: string; readonly digest?: string; readonly reference?: string }[];
}

const socket = docker?.socket ?? '';
// Compiling the standard library and downloading plugins again would take minutes.
const caches = {
  GOCACHE: process.env['GOCACHE'] ?? join(homedir(), '.cache/go-build'),
  GOTOOLCHAIN: 'local',
  GOFLAGS: '',
};

async function build(project: ProjectDir, ...args: readonly string[]): Promise<Built['results']> {
  const env = { ...project.env, ...caches, DOCKER_HOST: docker?.host ?? '' };
  const { stdout } = await runCli(['build', ...args, '--output', 'json'], { cwd: project.path, env }).exits(0);
  return (JSON.parse(stdout) as Built).results;
}

const unique = () => `slipway-test/${randomBytes(6).toString('hex')}`;

const skaffold = (image: string, builder: string) => `
apiVersion: skaffold/v4beta13
kind: Config
build:
  tagPolicy: { envTemplate: { template: v1 } }
  artifacts:
    - image: ${image}
${builder}
`;

interface Registry extends AsyncDisposable {
  readonly rig: RegistryRig;
  /** The base image of the tests, in this registry. */
  readonly base: string;
  digest(reference?: string): Promise<string | undefined>;
}

async function registryWithBase(): Promise<Registry> {
  const rig = await RegistryRig.start('everybody');
  const base = `${rig.address}/base:1`;
  await pushImage(socket, baseImage, base);
  const digest: Registry['digest'] = async (reference = '') => {
    const { repository, tag } = parseImageReference(reference);
    return await rig.digest(repository, tag);
  };
  return { rig, base, digest, [Symbol.asyncDispose]: async () => await rig[Symbol.asyncDispose]() };
}

const noCustom = noDocker ?? noRegistry ?? missing('docker');

describe.skipIf(noCustom !== undefined)(`a custom command (${noCustom ?? 'with docker'})`, { timeout: 60_000 }, () => {
  it('finds the engine, and its pushed image is looked up in the registry', async () => {
    await using registry = await registryWithBase();
    const command = `docker tag ${baseImage} $IMAGE && docker push --quiet $IMAGE && docker rmi $IMAGE`;
    await using project = await projectDir({
      'skaffold.yaml': skaffold(unique(), `      custom: { buildCommand: "${command}" }`),
    });
    const [built] = await build(project, '--push', '--default-repo', registry.rig.address);
    expect(built?.digest).toBe(await registry.digest(`${registry.rig.address}/base:1`));
  });
});

describe.skipIf(noKo !== undefined)(`ko (${noKo ?? 'is here'})`, { timeout: 120_000 }, () => {
  let registry: Registry;
  beforeAll(async () => void (registry = await registryWithBase()));
  afterAll(async () => await registry[Symbol.asyncDispose]());

  const files = (image: string): Readonly<Record<string, ProjectFile>> => ({
    'go.mod': 'module example.com/hello\n\ngo 1.20\n',
    'cmd/app/main.go': 'package main\n\nvar version string\n\nfunc main() { println(version) }\n',
    'skaffold.yaml': skaffold(
      image,
      `      ko:
        main: ./cmd/app
        fromImage: ${registry.base}
        ldflags: ["-X main.version=9"]
        labels: { note: "a,b" }`,
    ),
  });

  it('loads the image into the engine', async () => {
    const image = unique();
    await using project = await projectDir(files(image));
    const [built] = await build(project, '--no-push');
    const found = await engineJson(socket, `/images/${image}:v1/json`);
    expect(found).toMatchObject({ Id: built?.id, Config: { Labels: { note: 'a,b' }, Entrypoint: ['/ko-app/app'] } });
    expect(await project.leftovers()).toEqual([]);
    // ko also makes a tag of the digest.
    await removeImage(socket, built?.id ?? '');
  });

  it('pushes the image', async () => {
    const image = unique();
    await using project = await projectDir(files(image));
    const repository = ['--push', '--default-repo', registry.rig.address];
    const [one] = await build(project, ...repository);
    expect(one?.digest).toMatch(/^sha256:/);
    expect(await registry.digest(one?.reference)).toBe(one?.digest);
    // The import path is the name of the image.
    await project.write({
      'skaffold.yaml': skaffold('ko://example.com/hello/cmd/app', `      ko: { fromImage: "${registry.base}" }`),
    });
    const [named] = await build(project, ...repository);
    expect(named?.reference).toContain('example_com_hello_cmd_app');
    expect(await registry.digest(named?.reference)).toBe(named?.digest);
  });

  it('builds the example', async () => {
    await nameImage(socket, baseImage, 'docker.io/library/busybox:1');
    await using project = await projectDir({});
    await cp(fileURLToPath(new URL('../../examples/go-image', import.meta.url)), project.path, { recursive: true });
    const results = await build(project);
    expect(results).toHaveLength(2);
    const found = await engineJson(socket, '/images/slipway-example-greeter:latest/json');
    expect(found).toMatchObject({ Id: results[1]?.id });
    await removeImage(socket, results[1]?.id ?? '');
    await removeImage(socket, 'ko.local/slipway-example-base:latest');
  });
});

describe.skipIf(noJib !== undefined)(`Jib and Maven (${noJib ?? 'are here'})`, { timeout: 300_000 }, () => {
  let registry: Registry;
  beforeAll(async () => void (registry = await registryWithBase()));
  afterAll(async () => await registry[Symbol.asyncDispose]());

  const main = 'package hello;\npublic class Main { public static void main(String[] args) {} }\n';
  const pom = (name: string, more: string) => `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>example</groupId><artifactId>${name}</artifactId><version>1</version>
  <properties>
    <maven.compiler.source>17</maven.compiler.source><maven.compiler.target>17</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <build><plugins><plugin>
    <groupId>com.google.cloud.tools</groupId><artifactId>jib-maven-plugin</artifactId><version>${jibVersion}</version>
  </plugin></plugins></build>
  ${more}
</project>
`;

  it('loads the image of a project into the engine', async () => {
    const image = unique();
    await using project = await projectDir({
      'pom.xml': pom('hello', ''),
      'src/main/java/hello/Main.java': main,
      'skaffold.yaml': skaffold(image, `      jib: { fromImage: "docker://${baseImage}" }`),
    });
    const [built] = await build(project, '--no-push');
    const found = await engineJson(socket, `/images/${image}:v1/json`);
    expect(found).toMatchObject({
      Id: built?.id,
      Config: { Entrypoint: expect.arrayContaining(['hello.Main']) as unknown },
    });
    expect(await project.leftovers()).toEqual([]);
    await removeImage(socket, `${image}:v1`);
  });

  it('builds the example', async () => {
    await using project = await projectDir({});
    await cp(fileURLToPath(new URL('../../examples/skaffold-jib', import.meta.url)), project.path, { recursive: true });
    const repository = `localhost/${unique()}`;
    const env = { JRE: baseImage };
    const results = await build(
      { ...project, env: { ...project.env, ...env } },
      '--default-repo',
      repository,
      '--tag',
      '1',
    );
    const found = await engineJson(socket, `/images/${results[1]?.reference}/json`);
    expect(found).toMatchObject({
      Id: results[1]?.id,
      Config: {
        Entrypoint: expect.arrayContaining(['hello.Main']) as unknown,
        Env: expect.arrayContaining(['GREETING=hello']) as unknown,
      },
    });
    for (const { reference } of results) await removeImage(socket, reference ?? '');
  });

  it('pushes the image of a module', async () => {
    const image = unique();
    await using project = await projectDir({
      'pom.xml': pom('parent', '<packaging>pom</packaging><modules><module>lib</module><module>web</module></modules>'),
      'lib/pom.xml': pom('lib', ''),
      'lib/src/main/java/lib/Lib.java': 'package lib;\npublic class Lib {}\n',
      'web/pom.xml': pom(
        'web',
        '<dependencies><dependency><groupId>example</groupId><artifactId>lib</artifactId><version>1</version></dependency></dependencies>',
      ),
      'web/src/main/java/hello/Main.java': main,
      'skaffold.yaml': skaffold(image, `      jib: { project: web, fromImage: "${registry.base}" }`),
    });
    const { address } = registry.rig;
    const [built] = await build(project, '--push', '--default-repo', address, '--insecure-registry', address);
    expect(built?.digest).toMatch(/^sha256:/);
    expect(await registry.digest(built?.reference)).toBe(built?.digest);
  });
});
