/** How far a deployed object is, as its own status says. */
export type Standing =
  | { readonly status: 'inProgress' | 'succeeded'; readonly message: string }
  | {
      readonly status: 'failed';
      readonly message: string;
      /** Only time was up. */
      readonly cause?: 'deadline';
      /** The object may still become ready. */
      readonly mayHeal?: true;
    };

export const inProgress = (message: string): Standing => ({ status: 'inProgress', message });
export const ready = (message: string): Standing => ({ status: 'succeeded', message });
export const notReady = (message: string): Standing => ({ status: 'failed', message });

/** As `kubectl rollout status` says it. */
export const unobserved = inProgress('waiting for its new specification to be observed');

/** Returns `1 pod`, `2 pods`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
