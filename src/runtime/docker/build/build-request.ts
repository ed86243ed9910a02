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
  return parameters;
}
