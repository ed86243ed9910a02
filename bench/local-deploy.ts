/**
 * Measures a deploy of 10 services (a Deployment and a Service each) on an engine, in one process, against the same
 * containers on a network of their own through the raw API. Then the same deploy again with nothing changed. Removals
 * are not measured.
 */
import { homedir, userInfo } from 'node:os';
import { localDeployer } from '../src/deploy/local/local-deployer.ts';
import type { KubernetesObject } from '../src/deploy/kubernetes-object.ts';
import { systemClock } from '../src/model/clock.ts';
import { succeeded } from '../src/model/outcome.ts';
import type { Work } from '../src/model/work.ts';
import { openEngine } from '../src/runtime/docker/docker-provider.ts';
import { engineName } from './rig/peers.ts';
import { RawEngine } from './rig/raw-engine.ts';
import { inRounds } from './rig/rounds.ts';
import { readSettings } from './rig/settings.ts';
import { printComparison, printMachine } from './rig/table.ts';

const { rounds, engines, image, words } = readSettings(7);
const services = Number(words[0] ?? 10);
const command = ['sleep', '1000'];
const names = Array.from({ length: services }, (_, i) => `s${i}`);

const objects = names.flatMap((name, i): KubernetesObject[] => [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name, image, command }] } },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ port: 18_000 + i }] },
  },
]);

const work: Work = {
  signal: new AbortController().signal,
  clock: systemClock,
  output: { write: () => undefined, lost: () => undefined, observe: () => undefined },
};

function rawBody(name: string, i: number): object {
  const port = `${18_000 + i}/tcp`;
  return {
    Image: image,
    Entrypoint: command,
    Labels: { 'slipway-bench': 'raw' },
    ExposedPorts: { [port]: {} },
    HostConfig: {
      Init: true,
      NetworkMode: 'slipway-bench',
      RestartPolicy: { Name: 'unless-stopped' },
      PortBindings: { [port]: [{ HostIp: '127.0.0.1', HostPort: String(18_000 + i) }] },
    },
    NetworkingConfig: { EndpointsConfig: { 'slipway-bench': { Aliases: [name, `${name}.default`] } } },
  };
}

printMachine();
for (const address of engines) {
  using raw = new RawEngine(address);
  const path = address.replace(/^unix:\/\//, '');
  const options = { env: {}, home: homedir(), uid: userInfo().uid, clock: systemClock };
  const runtime = await openEngine({ kind: 'unix', path }, options, work.signal);
  if (typeof runtime === 'string') throw new Error(`${address}: ${runtime}`);
  const manifests = async () => succeeded(objects.map((object) => ({ object, source: 'bench' })));
  const deployer = localDeployer({ engine: runtime.deployments, name: 'slipway-bench-deploy', manifests });
  const deploy = async () => {
    const outcome = await deployer.deploy(work);
    if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
  };
  const timed = async (run: () => Promise<unknown>, after: () => Promise<unknown>): Promise<number> => {
    const before = performance.now();
    await run();
    const elapsed = performance.now() - before;
    await after();
    return elapsed;
  };
  const ids: string[] = [];
  const measured = await inRounds(
    [
      {
        name: 'raw API: network, create, start',
        once: async () =>
          await timed(
            async () => {
              await raw.createNetwork('slipway-bench');
              await Promise.all(
                names.map(async (name, i) => {
                  const id = await raw.create(rawBody(name, i));
                  ids.push(id);
                  await raw.start(id);
                }),
              );
            },
            async () => {
              await Promise.all(ids.splice(0).map(async (id) => await raw.remove(id)));
              await raw.removeNetwork('slipway-bench');
            },
          ),
      },
      {
        name: 'deploy',
        goal: 1.2,
        once: async () =>
          await timed(deploy, async () => {
            await deployer.remove(work);
          }),
      },
      {
        name: 'deploy again, nothing changed',
        once: async () => {
          await deploy();
          return await timed(deploy, async () => {
            await deployer.remove(work);
          });
        },
      },
    ],
    rounds,
  );
  printComparison(`A deploy of ${services} services, ${await engineName(raw)}`, measured);
  await runtime[Symbol.asyncDispose]();
}
