import { askEngine } from './ask-engine.ts';

/** The real engines of this machine, as the environment names them (CONTRIBUTING.md). */
export interface EngineUnderTest {
  readonly name: 'docker' | 'podman';
  /** Its `DOCKER_HOST`. Absent if it is unavailable: then its tests are skipped. */
  readonly host?: string;
  /** The path of its socket. */
  readonly socket: string;
}

export const baseImage = 'localhost/busybox:1';

export const engines: readonly EngineUnderTest[] = (['docker', 'podman'] as const).map((name) => {
  const host = process.env[`SLIPWAY_TEST_${name.toUpperCase()}`];
  return { name, socket: host?.replace(/^unix:\/\//, '') ?? '', ...(host !== undefined && host !== '' && { host }) };
});

/** Reports whether an engine keeps images in containerd, as the newest Docker does. */
export async function hasContainerdStore(socket: string): Promise<boolean> {
  if (socket === '') return false;
  return (await askEngine(socket, 'GET', '/info'))?.includes('io.containerd.snapshotter') === true;
}
