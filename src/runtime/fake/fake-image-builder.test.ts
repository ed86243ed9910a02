import { imageBuilderContract } from '../../../test/contracts/image-builder.contract.ts';
import { FakeImageBuilder } from './fake-image-builder.ts';

const address = 'registry.fake';
const login = { username: 'pusher', password: 'let-me-in' };
const config = JSON.stringify({ auths: { [address]: login } });

imageBuilderContract('fake', async () => {
  const builder = new FakeImageBuilder({
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
});
