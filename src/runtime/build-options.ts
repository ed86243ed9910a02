import type { Failure } from '../model/outcome.ts';
import type { ImageBuild } from './image-builder.ts';

type Unsupported = Extract<Failure, { readonly code: 'unsupported' }>;

/** The fields of a build that some builders do not support, or not with every value. */
const options = [
  'secrets',
  'target',
  'ssh',
  'cacheFrom',
  'network',
  'platforms',
  'noCache',
  'addHosts',
  'buildkit',
] as const;
type BuildOption = (typeof options)[number];

/** Returns why a builder refuses a value, and what to do instead; `undefined` if it does not. */
type Refusals = { readonly [O in BuildOption]?: (value: NonNullable<ImageBuild[O]>) => string | undefined };

export interface BuilderLimits {
  /** The builder's name in messages. */
  readonly builder: string;
  readonly refuses: Refusals;
}

/** The refusal of builders without BuildKit. */
export const noBuildKit: Refusals = {
  buildkit: (wanted) => (wanted ? 'it has no BuildKit: leave it out' : undefined),
};

/** What no builder accepts. */
const always: Refusals = { platforms: badPlatforms, addHosts: badHosts };

/**
 * Returns the failure of the first option that the builder does not support: `unsupported`, with the option and the
 * builder. Empty lists and `network: default` ask for nothing.
 */
export function unsupportedOption(build: ImageBuild, { builder, refuses }: BuilderLimits): Unsupported | undefined {
  for (const option of options) {
    const why = refusal(build, option, always) ?? refusal(build, option, refuses);
    if (why !== undefined)
      return { code: 'unsupported', detail: `${builder} does not support this build option, ${option}: ${why}` };
  }
  return undefined;
}

function refusal<O extends BuildOption>(build: ImageBuild, option: O, refuses: Refusals): string | undefined {
  const value: ImageBuild[O] = build[option];
  if (value === undefined || isNothing(option, value)) return undefined;
  return refuses[option]?.(value);
}

function isNothing(option: BuildOption, value: NonNullable<ImageBuild[BuildOption]>): boolean {
  if (typeof value !== 'object') return option === 'network' && value === 'default';
  return ('size' in value ? value.size : value.length) === 0;
}

/** The names in images for what `uname -m` prints. Some builders write any name into the image. */
const goNames: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['aarch64', 'arm64'],
]);

function badPlatforms(platforms: readonly string[]): string | undefined {
  const invalid = platforms.find((platform) => !/^[\w.-]+\/[\w.-]+(?:\/[\w.-]+)?$/.test(platform));
  if (invalid !== undefined) return `${JSON.stringify(invalid)} is no platform: write one as OS/ARCHITECTURE`;
  for (const platform of platforms) {
    const [os = '', name = ''] = platform.split('/');
    const architecture = goNames.get(name);
    if (architecture !== undefined) return `images call ${platform} ${os}/${architecture}: write that`;
  }
  return platforms.length === 1
    ? undefined
    : `its API returns an image of one platform: build ${platforms.join(' and ')} one by one, each under its own tag`;
}

/** Engines write the entries as `NAME:ADDRESS`. */
function badHosts(hosts: NonNullable<ImageBuild['addHosts']>): string | undefined {
  const invalid = hosts.find(({ name, address }) => !/^[^\s:]+$/.test(name) || !/^\S+$/.test(address));
  return (
    invalid && `${JSON.stringify(invalid.name)} with ${JSON.stringify(invalid.address)} is no name with an address`
  );
}
