import type { Phase } from './plan.ts';

/** Why an iteration of a run happens. */
export type Cause =
  | { readonly kind: 'start' }
  /** Files of the project changed; paths from the workspace's root. */
  | { readonly kind: 'change'; readonly paths: readonly string[] }
  /** A client requested these phases. */
  | { readonly kind: 'request'; readonly phases: readonly Phase[] }
  /** Another process took the run over. */
  | { readonly kind: 'resume' };
