/** Marks a Job of batch/v1, and its pods, that a step runs instead of a pod of Slipway. */
export const jobLabel = { key: 'slipway.dev/kind', value: 'job' } as const;
