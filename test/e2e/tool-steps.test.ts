/** Tool steps with the real tools, a real cluster and a real registry, on every runtime (docs/tool-steps.md). */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { baseImage, engines } from '../rigs/engines.ts';
import { projectDir, type ProjectFile } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';
import { onPath, toolImage } from '../rigs/tool-image.ts';

const kubeconfig = process.env['SLIPWAY_TEST_KUBECONFIG'] ?? '';
const registry = process.env['SLIPWAY_TEST_REGISTRY'];
const kubectl = onPath('kubectl');
const helm = onPath('helm');
const noCluster =
  kubeconfig === '' || !existsSync(kubeconfig)
    ? 'no cluster (SLIPWAY_TEST_KUBECONFIG)'
    : kubectl === undefined
      ? 'no kubectl on PATH'
      : undefined;
const noHelm = noCluster ?? (helm === undefined ? 'no helm on PATH' : undefined);

const noRegistry = registry === undefined ? 'no registry (SLIPWAY_TEST_REGISTRY)' : undefined;

function skipFor(context: TestContext, reason: string | undefined): void {
  if (reason !== undefined) context.skip(reason);
}

const namespace = `slipway-test-${process.pid}`;
const secret = 'Pass,word:7"x';

async function cluster(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(kubectl ?? '', ['--kubeconfig', kubeconfig, ...args])).stdout;
}

async function data(kind: string, name: string): Promise<Record<string, string>> {
  return (
    JSON.parse(await cluster('--namespace', namespace, 'get', kind, name, '--output', 'json')) as {
      data: Record<string, string>;
    }
  ).data;
}

interface World extends AsyncDisposable {
  run(...args: readonly string[]): ReturnType<typeof runCli>;
  readonly path: string;
}

/**
 * @param images of tools in the operator's file
 */
async function world(
  on: string,
  files: Readonly<Record<string, ProjectFile>>,
  images: Readonly<Record<string, string>>,
  more: { readonly host?: string | undefined; readonly path?: string; readonly clusters?: object } = {},
): Promise<World> {
  const project = await projectDir(files);
  const folder = join(project.env['XDG_CONFIG_HOME'] ?? '', 'slipway');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'config.yaml'),
    JSON.stringify({ images, ...(more.clusters !== undefined && { clusters: more.clusters }) }),
  );
  const env = {
    ...project.env,
    ...(more.path !== undefined && { PATH: more.path }),
    DOCKER_HOST: more.host ?? '',
    SLIPWAY_INPUT_PW: secret,
  };
  return {
    path: project.path,
    run: (...args) => runCli(['run', '--on', on, '--output', 'text', ...args], { cwd: project.path, env }),
    [Symbol.asyncDispose]: async () => await project[Symbol.asyncDispose](),
  };
}

const runtimes = [{ name: 'host', host: '', socket: undefined }, ...engines];

beforeAll(async () => {
  if (noCluster === undefined) await cluster('create', 'namespace', namespace);
});
afterAll(async () => {
  if (noCluster === undefined) await cluster('delete', 'namespace', namespace, '--wait=false');
});

describe.each(runtimes)('on $name', ({ name, host, socket }) => {
  const on = name === 'host' ? 'host' : 'docker';
  const noEngine = host === undefined ? `no ${name} (SLIPWAY_TEST_${name.toUpperCase()})` : undefined;
  const images: Record<string, string> = {};
  const made: AsyncDisposable[] = [];

  beforeAll(async () => {
    if (socket === undefined || noEngine !== undefined || noCluster !== undefined) return;
    for (const [tool, program, base] of [
      ['kubectl', kubectl, 'scratch'],
      ['helm', helm, baseImage],
    ] as const) {
      if (program === undefined) continue;
      const image = await toolImage(socket, program, base);
      made.push(image);
      images[tool] = image.name;
    }
  }, 120_000);
  afterAll(async () => {
    for (const image of made) await image[Symbol.asyncDispose]();
  });

  const pipeline = (steps: object) =>
    JSON.stringify({
      inputs: [{ name: 'pw', type: 'password' }],
      environments: { dev: { WHO: 'world' } },
      deploy: { environments: ['dev'], ...steps },
    });
  const clusters = { target: { kubeconfig, namespace } };

  it(
    'kubectl applies a folder with substituted variables, and deletes the objects of a file',
    { timeout: 60_000 },
    async (context) => {
      skipFor(context, noEngine ?? noCluster);
      const manifests = {
        'deploy/a.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: hello}\ndata: {who: "${WHO}", script: "echo ${LATER}"}\n',
        'deploy/b.json':
          '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "hidden"}, "data": {"pw": "${ENCODED}"}}',
        'deploy/notes.txt': '${NEVER}',
      };
      const encoded = Buffer.from('a value').toString('base64');
      const steps = { apply: { kubectl: { file: 'deploy', cluster: 'target' } } };
      await using w = await world(
        on,
        { '.wharf-ci.yml': pipeline(steps).replace('"WHO"', `"ENCODED": "${encoded}", "WHO"`), ...manifests },
        images,
        { host, clusters },
      );
      const { stdout } = await w.run('--environment', 'dev').exits(0);
      expect(stdout).toContain('deploys to cluster target');
      expect(stdout).toContain('${LATER} in deploy/a.yaml');
      expect(stdout).not.toContain('NEVER');
      expect(await data('configmap', 'hello')).toEqual({ who: 'world', script: 'echo ${LATER}' });
      expect(await data('secret', 'hidden')).toEqual({ pw: encoded });
      await writeFile(
        join(w.path, '.wharf-ci.yml'),
        pipeline({
          gone: {
            kubectl: { files: ['deploy/a.yaml', 'deploy/b.json'], action: 'delete', force: true, cluster: 'target' },
          },
        }).replace('"WHO"', `"ENCODED": "${encoded}", "WHO"`),
      );
      await w.run('--environment', 'dev').exits(0);
      await expect(data('configmap', 'hello')).rejects.toThrow('NotFound');
    },
  );

  it('reports a file that is missing in the workspace', { timeout: 60_000 }, async (context) => {
    skipFor(context, noEngine ?? noCluster);
    await using w = await world(
      on,
      { '.wharf-ci.yml': pipeline({ missing: { kubectl: { file: 'nowhere.yaml', cluster: 'target' } } }) },
      images,
      { host, clusters },
    );
    expect((await w.run('--environment', 'dev').exits(1)).stdout).toContain('nowhere.yaml');
  });

  const chart = {
    'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
    'web/templates/map.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndata:\n  who: {{ .Values.who | quote }}\n  tag: {{ .Values.image.tag | quote }}\n  pw: {{ .Values.db.pw | quote }}\n',
    'values.yaml': 'who: "${WHO}"\n',
  };

  it(
    'helm installs a chart of the workspace, without values or secrets in arguments',
    { timeout: 60_000 },
    async (context) => {
      skipFor(context, noEngine ?? noHelm);
      const release = {
        chart: './web',
        name: `local-${name}`,
        namespace,
        cluster: 'target',
        files: ['values.yaml'],
        set: { 'image.tag': 'v1', 'db.pw': 'x-${pw}' },
      };
      await using spy = await recording('helm', helm ?? '');
      await using w = await world(on, { '.wharf-ci.yml': pipeline({ install: { helm: release } }), ...chart }, images, {
        host,
        clusters,
        path: `${spy.folder}:${process.env['PATH'] ?? ''}`,
      });
      const { stdout } = await w.run('--environment', 'dev').exits(0);
      expect(stdout).toContain('STATUS: deployed');
      expect(await data('configmap', `local-${name}`)).toEqual({ who: 'world', tag: 'v1', pw: `x-${secret}` });
      if (on === 'host') {
        const calls = await spy.calls();
        expect(calls).toContain('--set-file db.pw=');
        for (const part of secret.split(/\W/)) if (part.length > 1) expect(calls).not.toContain(part);
      }
    },
  );

  it(
    'helm-package packages and pushes a chart, and helm installs it from the registry',
    { timeout: 60_000 },
    async (context) => {
      skipFor(context, noEngine ?? noHelm ?? noRegistry);
      const destination = `oci://${registry ?? ''}/${namespace}`;
      const version = `1.0.${runtimes.findIndex((each) => each.name === name)}`;
      const release = {
        chart: `${destination}/web`,
        chartVersion: version,
        name: `pushed-${name}`,
        namespace,
        cluster: 'target',
        files: ['values.yaml'],
        set: { 'image.tag': 'v2', 'db.pw': 'open' },
      };
      const text = JSON.stringify({
        environments: { dev: { WHO: 'world' } },
        pack: { chart: { 'helm-package': { 'chart-path': 'web', version, destination } } },
        deploy: { environments: ['dev'], install: { helm: release } },
      });
      await using w = await world(on, { '.wharf-ci.yml': text, ...chart }, images, { host, clusters });
      expect((await w.run('--environment', 'dev').exits(0)).stdout).toContain('Digest: sha256:');
      expect(await data('configmap', `pushed-${name}`)).toEqual({ who: 'world', tag: 'v2', pw: 'open' });
    },
  );
});

/** A folder for the PATH with a tool that records its arguments before it runs. */
async function recording(tool: string, program: string) {
  const folder = await projectDir({
    [tool]: { content: `#!/bin/sh\necho "$@" >> "\${0%/*}/calls"\nexec '${program}' "$@"\n`, mode: 0o755 },
  });
  return {
    folder: folder.path,
    calls: async () => await folder.read('calls'),
    [Symbol.asyncDispose]: async () => await folder[Symbol.asyncDispose](),
  };
}

describe('before anything runs', () => {
  const file = { '.wharf-ci.yml': 'deploy: {app: {kubectl: {file: a.yaml}}}\n', 'a.yaml': '' };

  it('reports a cluster that is not set, not mapped or unavailable', async () => {
    await using w = await world('host', file, {}, { clusters: { broken: { kubeconfig: '/no/such/kubeconfig' } } });
    expect((await w.run().exits(2)).stdout).toContain('W064');
    await writeFile(join(w.path, '.wharf-ci.yml'), 'deploy: {app: {kubectl: {file: a.yaml, cluster: prod}}}\n');
    expect((await w.run().exits(2)).stdout).toContain('W061');
    await writeFile(join(w.path, '.wharf-ci.yml'), 'deploy: {app: {kubectl: {file: a.yaml, cluster: broken}}}\n');
    expect((await w.run().exits(2)).stdout).toContain('W065');
  });

  it('the host reports a missing tool', async () => {
    const config = JSON.stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'c' } }],
      clusters: [{ name: 'c', cluster: { server: 'https://192.0.2.55' } }],
    });
    await using w = await world('host', { ...file, kubeconfig: config }, {}, { path: '/no/such/folder' });
    await using again = await world(
      'host',
      file,
      {},
      { path: '/no/such/folder', clusters: { 'kubectl-config': { kubeconfig: join(w.path, 'kubeconfig') } } },
    );
    expect((await again.run().exits(1)).stdout).toContain('install kubectl on this machine');
  });
});
