import type { ImageBuild } from '../../image-builder.ts';

/** Returns the parameters of `/build` that all engines support. */
export function buildParameters(build: ImageBuild): URLSearchParams {
  const parameters = new URLSearchParams({
    dockerfile: build.dockerfile,
    buildargs: JSON.stringify(Object.fromEntries(build.args.map(({ name, value }) => [name, value]))),
    labels: JSON.stringify(build.labels),
    // Removes the build's containers, also after a failure (`forcerm`).
    rm: '1',
    forcerm: '1',
  });
  for (const reference of build.references) parameters.append('t', reference);
  if (build.pull === 'always') parameters.set('pull', '1');
  if (build.target !== undefined) parameters.set('target', build.target);
  if (build.noCache) parameters.set('nocache', '1');
  const [platform] = build.platforms ?? [];
  if (platform !== undefined) parameters.set('platform', platform);
  return parameters;
}

/** Returns the parameters of both of Docker's builders. */
export function dockerParameters(build: ImageBuild, version: '1' | '2'): URLSearchParams {
  const parameters = buildParameters(build);
  parameters.set('version', version);
  if (build.network !== undefined) parameters.set('networkmode', build.network);
  if (build.cacheFrom !== undefined) parameters.set('cachefrom', JSON.stringify(build.cacheFrom));
  for (const host of extraHosts(build)) parameters.append('extrahosts', host);
  return parameters;
}

export function extraHosts({ addHosts = [] }: ImageBuild): readonly string[] {
  return addHosts.map(({ name, address }) => `${name}:${address}`);
}
