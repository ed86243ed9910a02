import type { RawEngine } from './raw-engine.ts';

export const actMissing = 'act takes no part: ACT=PATH names its binary (go install github.com/nektos/act@v0.2.89)';

/** So that act runs a workflow in the image itself, which needs `sh` and `tail` only, and asks no registry. */
export function actArguments(image: string): string[] {
  return ['push', '-P', `ubuntu-latest=${image}`, '--pull=false', '--no-cache-server', '--quiet'];
}

/** `Docker 20.10.24` */
export async function engineName(engine: RawEngine): Promise<string> {
  const { name, version } = await engine.version();
  return `${name} ${version}`;
}
