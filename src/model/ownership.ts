/** Throws where this process may change nothing outside, since it does not drive the run any more. */
export type ConfirmOwner = () => void;
