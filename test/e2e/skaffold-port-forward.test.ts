/** `slipway run --port-forward` on a real cluster: from the deploy to Ctrl-C. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { projectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';
import { openTestCluster } from '../rigs/test-cluster.ts';
import { onPath } from '../rigs/tool-image.ts';

const execute = promisify(execFile);
const labels = { app: 'web' };

/** YAML is a superset of JSON. */
const yaml = (object: object) => `${JSON.stringify(object, undefined, 2)}\n`;

const deployment = {
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            ...{ name: 'httpd', image: 'localhost/busybox:1' },
            command: ['sh', '-c', 'mkdir /www && hostname > /www/index.html && exec httpd -f -p 8080 -h /www'],
            readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
          },
        ],
      },
    },
  },
};
const service = {
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } },
  spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
};
const skaffold = {
  ...{ apiVersion: 'skaffold/v4beta13', kind: 'Config', metadata: { name: 'web' } },
  manifests: { rawYaml: ['k8s.yaml'] },
  portForward: [{ resourceType: 'deployment', resourceName: 'web', port: 8080 }],
};

async function fetched(port: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
  return (await answer.text()).trim();
}

it('forwards until Ctrl-C, also to the pod that replaces another one', { timeout: 180_000 }, async (context) => {
  const cluster = await openTestCluster();
  if ('skip' in cluster) return context.skip(cluster.skip);
  await using _cluster = cluster;
  if (onPath('kubectl') === undefined) return context.skip('no kubectl in PATH');
  await using project = await projectDir({
    'skaffold.yaml': yaml(skaffold),
    'k8s.yaml': [deployment, service].map(yaml).join('---\n'),
    '../home/kubeconfig': cluster.kubeconfig,
  });
  const env = { ...project.env, KUBECONFIG: `${project.env['HOME'] ?? ''}/kubeconfig` };
  const options = { cwd: project.path, env };
  await using run = runCli(['run', '--port-forward'], options);
  await run.until(/forwarding service\/web:80 /);
  const [, named = ''] = /forwarding deployment\/web:8080 to http:\/\/127\.0\.0\.1:(\d+)/.exec(run.stdout) ?? [];
  const [, ofService = ''] = /forwarding service\/web:80 to http:\/\/127\.0\.0\.1:(\d+)/.exec(run.stdout) ?? [];
  const first = await fetched(named);
  expect(first).toMatch(/^web-/);
  expect(await fetched(ofService)).toBe(first);
  const args = ['--kubeconfig', env.KUBECONFIG, '--namespace', cluster.namespace, 'delete', 'pod', first];
  await execute('kubectl', args, { env });
  const second = await fetched(named);
  expect(second).toMatch(/^web-/);
  expect(second).not.toBe(first);
  expect(await fetched(ofService)).toBe(second);
  run.signal('SIGINT');
  await run.exits(0);
  for (const port of [named, ofService]) {
    const late = connect({ host: '127.0.0.1', port: Number(port) });
    await expect(once(late, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  }
  await runCli(['delete'], options).exits(0);
});
