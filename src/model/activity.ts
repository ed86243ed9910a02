/** What a run does while no step reports anything. Only observers of the owner's process see it. It is never stored. */
export type Activity = { /** When it started, in ms. */ readonly since: number } &
  /** How much of the tree has been read. Both are 0 while files are being listed. */
  (
    | { readonly type: 'reading'; readonly files: number; readonly bytes: number }
    /** The last step has ended. `workspaces` is how many workspaces still exist. */
    | { readonly type: 'removing'; readonly workspaces: number }
  );
