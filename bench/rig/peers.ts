import type { RawEngine } from './raw-engine.ts';

export const actMissing =
  'act is skipped: to include it, set ACT to the path of its binary (go install github.com/nektos/act@v0.2.89)';

/**
 * Returns flags for act. It runs the workflow in the image itself, which needs only `sh` and `tail`, and contacts no
 * registry.
 */
export function actArguments(image: string): string[] {
  return ['push', '-P', `ubuntu-latest=${image}`, '--pull=false', '--no-cache-server', '--quiet'];
}

/** Returns a name like `Docker 20.10.24`. */
export async function engineName(engine: RawEngine): Promise<string> {
  const { name, version } = await engine.version();
  return `${name} ${version}`;
}
