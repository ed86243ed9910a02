/** Throws if this process no longer owns the run, and so must not change anything outside. */
export type ConfirmOwner = () => void;
