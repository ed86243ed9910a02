import {
  runningContainerContract,
  type RunningUnderTest,
} from '../../../../test/contracts/running-container.contract.ts';
import { askEngine } from '../../../../test/rigs/ask-engine.ts';
import { baseImage, engines } from '../../../../test/rigs/engines.ts';
import { SocketProxy } from '../../../../test/rigs/socket-proxy.ts';
import { systemClock } from '../../../model/clock.ts';
import { openEngine } from '../docker-provider.ts';
import type { DockerRuntime } from '../docker-runtime.ts';

async function open(path: string): Promise<DockerRuntime> {
  const runtime = await openEngine(
    { kind: 'unix', path },
    { env: {}, home: '/nowhere', uid: 0, clock: systemClock },
    new AbortController().signal,
  );
  if (typeof runtime === 'string') throw new Error(`${path}: ${runtime}`);
  return runtime;
}

async function underTest(socket: string, host: object = {}): Promise<RunningUnderTest> {
  return {
    runtime: await open(socket),
    image: baseImage,
    clock: systemClock,
    create: async ({ name, labels, command, restart }) => {
      const [program, ...rest] = command;
      await askEngine(socket, 'POST', `/containers/create?name=${name}`, {
        Image: baseImage,
        Entrypoint: [program],
        Cmd: rest,
        Labels: labels,
        HostConfig: { RestartPolicy: { Name: restart === 'always' ? 'always' : 'no' }, Init: true, ...host },
      });
      await askEngine(socket, 'POST', `/containers/${name}/start`);
    },
    remove: async (name) => void (await askEngine(socket, 'DELETE', `/containers/${name}?force=1&v=1`)),
    breakable: async () => {
      const proxy = await SocketProxy.before(socket);
      const runtime = await open(proxy.path);
      return {
        runtime,
        cut: () => proxy.cut(),
        away: async () => await proxy.close(),
        back: async () => await proxy.reopen(),
        [Symbol.asyncDispose]: async () => {
          await runtime[Symbol.asyncDispose]();
          await proxy[Symbol.asyncDispose]();
        },
      };
    },
  };
}

/** As those of deployed containers. */
const rotated = { LogConfig: { Type: 'json-file', Config: { 'max-size': '100m', 'max-file': '5' } } };

for (const { name, socket } of engines) {
  const opened = async (host?: object) =>
    socket === ''
      ? { skip: `SLIPWAY_TEST_${name.toUpperCase()} does not name an engine` }
      : await underTest(socket, host);
  runningContainerContract(name, async () => await opened());
  if (name === 'docker')
    runningContainerContract(`${name}, with logs that it rotates`, async () => await opened(rotated));
}
