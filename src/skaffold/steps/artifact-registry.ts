import type { PushTarget } from '../../build/builder.ts';
import type { Work } from '../../model/work.ts';
import type { ImageReference } from '../../registry/image-reference.ts';
import { nodeTransport } from '../../registry/node-transport.ts';
import { openRegistry } from '../../registry/open-registry.ts';
import { credentialFiles, userCredentials } from '../../registry/registry-credentials.ts';
import type { Registry } from '../../registry/registry.ts';
import type { SkaffoldBuildSurroundings } from '../surroundings.ts';

/** Returns the registry of an image, with the user's own credentials. The caller closes its connections. */
export function artifactRegistry(
  { env, home }: Pick<SkaffoldBuildSurroundings, 'env' | 'home'>,
  { registry }: ImageReference,
  { insecure }: PushTarget,
  { clock }: Pick<Work, 'clock'>,
): Registry & Disposable {
  const credentials = credentialFiles(env, home);
  const transport = nodeTransport();
  const opened = openRegistry({
    ...{ registry, insecure, clock, transport },
    credentials: async (image, signal) => await userCredentials(image, credentials, signal),
  });
  return { ...opened, [Symbol.dispose]: () => transport.close() };
}
