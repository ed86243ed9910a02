export interface BazelOptions {
  /** A target whose output is an image archive: `//app:image.tar`. */
  readonly target: string;
  readonly args: readonly string[];
  /** The Bazel platform for each image platform. */
  readonly platforms: readonly { readonly platform: string; readonly target: string }[];
}

type Command = readonly ['bazel', ...string[]];

/** The commands of one build. The last two print where the archive is: a path below the execution root. */
export interface BazelCommands {
  readonly build: Command;
  readonly archive: Command;
  readonly root: Command;
}

/**
 * Returns the commands for a target. All three get the same options, because each set of options has an output folder of its
 * own.
 * @param platform absent, or without a Bazel platform: the one of the project's configuration
 */
export function bazelCommands({ target, args, platforms }: BazelOptions, platform: string | undefined): BazelCommands {
  const mapped = platforms.find((one) => one.platform === platform);
  const options = [...args, ...(mapped ? [`--platforms=${mapped.target}`] : [])];
  const expression = 'target.files.to_list()[0].path';
  return {
    build: ['bazel', 'build', ...options, '--color=no', target],
    archive: ['bazel', 'cquery', ...options, '--output=starlark', `--starlark:expr=${expression}`, target],
    root: ['bazel', 'info', ...options, 'execution_root'],
  };
}
