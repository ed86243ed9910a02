/**
 * What a run is busy with while no step tells of anything: for whoever watches the process that drives it, and for
 * nobody else. It is never stored.
 */
export type Activity = { /** When it began, in ms. */ readonly since: number } &
  /** How much of the tree has been read so far; both 0 while its files are being listed. */
  (
    | { readonly type: 'reading'; readonly files: number; readonly bytes: number }
    /** The last step has ended: how many workspaces are still there. */
    | { readonly type: 'removing'; readonly workspaces: number }
  );
