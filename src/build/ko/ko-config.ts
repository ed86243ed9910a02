import type { KoOptions } from './ko-options.ts';

/**
 * Returns the configuration of ko for an artifact, or `undefined` if that of the project holds as it is. The options of an
 * artifact replace `builds` of `.ko.yaml`, as in Skaffold. Everything else of `.ko.yaml` stays.
 * @param project the content of `.ko.yaml`, or `undefined` if there is none
 */
export function koConfig(
  { dir, main, env, flags, ldflags }: KoOptions,
  project: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, unknown>> | undefined {
  const lists = { defaultEnv: env, defaultFlags: flags, defaultLdflags: ldflags };
  const own = Object.fromEntries(Object.entries(lists).filter(([, values]) => values.length > 0));
  const isPlain = Object.keys(own).length === 0;
  const isMoved = dir !== '.' || main !== '.';
  if (isPlain && !(isMoved && project?.['builds'] !== undefined)) return undefined;
  // ko reads keys without regard to case.
  const replaced = new Set(['builds', ...Object.keys(own)].map((key) => key.toLowerCase()));
  const kept = Object.entries(project ?? {}).filter(([key]) => !replaced.has(key.toLowerCase()));
  return { ...Object.fromEntries(kept), ...own };
}
