/** `slipway run --port-forward` on real engines: the Ingress of a deploy is served until Ctrl-C, also by a resumed run. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { engineJson } from '../rigs/ask-engine.ts';
import { baseImage, engines } from '../rigs/engines.ts';
import { projectDir } from '../rigs/project-dir.ts';
import { runCli, type CliRun } from '../rigs/run-cli.ts';

/** Answers with its name, and with the variable that a new deploy changes. */
const deployment = (name: string, port: number, version: string) => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name } },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            ...{ name: 'httpd', image: baseImage, env: [{ name: 'VERSION', value: version }] },
            command: [
              ...['sh', '-c'],
              `mkdir -p /www/api && echo ${name} $VERSION | tee /www/index.html > /www/api/index.html && exec httpd -f -p ${port} -h /www`,
            ],
            readinessProbe: { httpGet: { path: '/', port }, periodSeconds: 1 },
          },
        ],
      },
    },
  },
});
const service = (name: string, targetPort: number) => ({
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name } },
  spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort }] },
});
const to = (name: string, port: object) => ({ service: { name, port } });
const ingress = {
  ...{ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'shop' } },
  spec: {
    rules: [
      {
        host: 'shop.localhost',
        http: {
          paths: [
            { path: '/', pathType: 'Prefix', backend: to('front', { number: 80 }) },
            { path: '/api', pathType: 'Prefix', backend: to('back', { name: 'http' }) },
          ],
        },
      },
    ],
  },
};
const manifests = (version: string) =>
  [
    deployment('front', 8080, version),
    service('front', 8080),
    deployment('back', 9000, version),
    service('back', 9000),
    ingress,
  ]
    .map((object) => JSON.stringify(object))
    .join('\n---\n');

async function fetched(port: number, path: string, host = 'shop.localhost'): Promise<string> {
  const asked = get({ host: '127.0.0.1', port, path, agent: false, headers: { Host: host } });
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return `${answer.statusCode} ${(await text(answer)).trim()}`;
}

/** Waits until the process serves the Ingress, and returns the port. A resumed run prints what was before, too. */
async function served(run: CliRun, after = ''): Promise<number> {
  const line = String.raw`forwarding ingress/shop:80 to http://127\.0\.0\.1:(\d+).*\n.* open http://shop\.localhost:\1/\n`;
  const wanted = new RegExp(`${after}[^]*${line}`);
  await run.until(wanted);
  return Number(wanted.exec(run.stdout)?.[1]);
}

for (const { name: engineName, host, socket } of engines)
  describe.skipIf(host === undefined)(`an Ingress on ${engineName}`, { timeout: 300_000 }, () => {
    it('is served while ports are forwarded', async () => {
      const name = `ingress-${randomBytes(4).toString('hex')}`;
      await using project = await projectDir({
        'skaffold.yaml': JSON.stringify({
          ...{ apiVersion: 'skaffold/v4beta13', kind: 'Config', metadata: { name } },
          manifests: { rawYaml: ['*.json'] },
        }),
        'all.json': manifests('one'),
      });
      const env = { ...project.env, DOCKER_HOST: host ?? '' };
      const slipway = (...args: readonly string[]) => runCli(args, { cwd: project.path, env });
      try {
        const { stdout } = await slipway('deploy', '--on', 'docker', '--output', 'text').exits(0);
        expect(stdout).toContain(
          'ingress.networking.k8s.io/shop: kind: an Ingress is served only while --port-forward',
        );

        await using killed = slipway('run', '--port-forward', '--on', 'docker', '--output', 'text');
        const first = await served(killed);
        expect(killed.stdout).not.toContain('an Ingress is served only');
        expect(await fetched(first, '/')).toBe('200 front one');
        expect(await fetched(first, '/api/')).toBe('200 back one');
        expect(await fetched(first, '/api/x')).toMatch(/^404 /);
        expect(await fetched(first, '/', 'other.localhost')).toMatch(/^404 No Ingress has a rule [^]*shop\.localhost$/);

        killed.signal('SIGKILL');
        await killed.ended;
        const { stdout: events } = await slipway('events', 'latest').exits(0);
        const forwarded = events.split('\n').filter((line) => line.includes('"ingress/shop"'));
        expect(forwarded).toEqual([expect.stringContaining(`"address":"127.0.0.1","localPort":${first}`)]);
        await using resumed = slipway('resume', 'latest', '--output', 'text');
        const second = await served(resumed, 'resumed\\n');
        expect(await fetched(second, '/api/')).toBe('200 back one');

        // Another deploy replaces the containers, perhaps at other ports.
        await project.write({ 'all.json': manifests('two') });
        await slipway('deploy', '--on', 'docker').exits(0);
        expect(await fetched(second, '/')).toBe('200 front two');
        expect(await fetched(second, '/api/')).toBe('200 back two');

        resumed.signal('SIGINT');
        await resumed.exits(0);
        const late = connect({ host: '127.0.0.1', port: second });
        await expect(once(late, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      } finally {
        await slipway('delete', '--on', 'docker').ended;
      }
      const left = (await engineJson(socket, '/containers/json?all=1')) as { Names: string[] }[];
      expect(left.flatMap(({ Names: all }) => all).filter((each) => each.includes(name))).toEqual([]);
    });
  });
