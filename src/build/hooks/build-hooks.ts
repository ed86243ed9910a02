/** Commands on this machine around a build, as `hooks` of a `skaffold.yaml` has them. */
export interface BuildHooks {
  /** They run one after the other. */
  readonly before: readonly HostHook[];
  readonly after: readonly HostHook[];
}

export interface HostHook {
  /** The program and its arguments. No shell reads them. */
  readonly command: readonly [program: string, ...args: string[]];
  /** The systems that run the hook, by Go's names: `linux`, `darwin`, `windows`. Empty: all. */
  readonly os: readonly string[];
  /** The working directory. Absolute. Absent: that of the command line. */
  readonly dir?: string;
}

export type HookPhase = keyof BuildHooks;

/** What hooks depend on outside of their build. */
export interface HookSurroundings extends HookPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The system, as Node.js names it. */
  readonly platform: string;
}

/** Where the command line runs, and where it puts images. */
export interface HookPlace {
  /** The working directory of the command line. Absolute. */
  readonly folder: string;
  /** The repository that images are moved to. */
  readonly defaultRepo?: string;
  /** Whether that repository may have folders in folders. */
  readonly multiLevelRepo?: boolean;
}
