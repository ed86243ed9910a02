import { arch } from 'node:os';
import { imageBuilderContract } from '../../../test/contracts/image-builder.contract.ts';
import { serveAgent, sshAdd } from '../../../test/rigs/ssh-agent.ts';
import { keyAgent } from '../docker/build/key-agent.ts';
import { FakeImageBuilder } from './fake-image-builder.ts';

const address = 'registry.fake';
const login = { username: 'pusher', password: 'let-me-in' };
const config = JSON.stringify({ auths: { [address]: login } });

imageBuilderContract(
  'fake',
  async () => {
    const builder = new FakeImageBuilder({
      platform: `linux/${arch() === 'arm64' ? 'arm64' : 'amd64'}`,
      async publicKeys(keys) {
        if ('agent' in keys) return await listed(keys.agent);
        await using served = await serveAgent(keyAgent(keys.keys));
        return await listed(served.socket);
      },
      hasImage: (image) => image === 'base:1',
      admit: (reference, given) => {
        if (!reference.startsWith(`${address}/`)) return 'connection refused';
        return JSON.stringify(given) === JSON.stringify(login) ||
          (typeof given === 'object' && 'config' in given && given.config === config)
          ? undefined
          : 'unauthorized';
      },
    });
    return await Promise.resolve({
      builder,
      base: 'base:1',
      registry: {
        address,
        login,
        config,
        digest: async (repository: string, tag: string) =>
          await Promise.resolve(builder.registry.get(`${address}/${repository}:${tag}`)),
      },
      describeImage: async (reference: string) => {
        const image = builder.images.get(reference);
        return await Promise.resolve(image && JSON.stringify({ ...image, files: [...image.files] }));
      },
      goesOn: async (command: string) =>
        await Promise.resolve([...builder.hanging].some((each) => each.includes(command))),
      removeImage: async (reference: string) => await Promise.resolve(void builder.images.delete(reference)),
    });
  },
  { caches: false },
);

async function listed(socket: string): Promise<string> {
  const { code, output } = await sshAdd(socket, ['-L']);
  if (code !== 0) throw new Error(`no ssh-agent at ${socket}: ${output}`);
  return output;
}
