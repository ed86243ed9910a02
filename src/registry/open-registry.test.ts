import { expect, test } from 'vitest';
import { systemClock } from '../model/clock.ts';
import { registryContract, type RegistryUnderTest } from '../../test/contracts/registry.contract.ts';
import { FakeRegistry, fakeLogin } from '../../test/rigs/fake-registry.ts';
import { noRegistry, RegistryRig } from '../../test/rigs/registry.ts';
import { at, never } from '../../test/rigs/registry-images.ts';
import { nodeTransport } from './node-transport.ts';
import { openRegistry } from './open-registry.ts';
import type { FoundCredentials } from './registry-credentials.ts';

function under(
  host: string,
  found: FoundCredentials,
  end: () => Promise<void> = async () => undefined,
): RegistryUnderTest {
  const transport = nodeTransport();
  const credentials = async () => await Promise.resolve(found);
  return {
    host,
    registry: openRegistry({ registry: host, credentials, transport, clock: systemClock, insecure: false }),
    [Symbol.asyncDispose]: async () => {
      transport.close();
      await end();
    },
  };
}

const { username, password, identitytoken } = fakeLogin;
const login = { credentials: { username, password, serveraddress: '' } };

registryContract('a fake registry', async () => {
  const fake = await FakeRegistry.start();
  return under(fake.address, {}, async () => await fake[Symbol.asyncDispose]());
});

registryContract('a fake registry with a password', async () => {
  const fake = await FakeRegistry.start({ auth: 'basic' });
  return under(fake.address, login, async () => await fake[Symbol.asyncDispose]());
});

registryContract('a fake registry with tokens', async () => {
  const fake = await FakeRegistry.start({ auth: 'token' });
  return under(fake.address, login, async () => await fake[Symbol.asyncDispose]());
});

registryContract('a fake registry with an identity token', async () => {
  const fake = await FakeRegistry.start({ auth: 'token' });
  const found = { credentials: { identitytoken, serveraddress: '' } };
  return under(fake.address, found, async () => await fake[Symbol.asyncDispose]());
});

registryContract('the registry of the test cluster', async () => {
  const address = process.env['SLIPWAY_TEST_REGISTRY'];
  if (address === undefined || address === '') return { skip: 'SLIPWAY_TEST_REGISTRY does not name a registry' };
  return await Promise.resolve(under(address, {}));
});

registryContract('a registry of this machine with a password', async () => {
  if (noRegistry !== undefined) return { skip: noRegistry };
  const rig = await RegistryRig.start();
  const credentials = { ...RegistryRig.login, serveraddress: '' };
  return under(rig.address, { credentials }, async () => await rig[Symbol.asyncDispose]());
});

test('a reference of another registry is a bug', async () => {
  const { registry } = under('r.example', {});
  await expect(registry.digest(at('s.example/a', 'v1'), never)).rejects.toThrow(
    's.example/a is not of registry r.example',
  );
});
