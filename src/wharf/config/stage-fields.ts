/** Keys of a stage that are no steps. */
export const stageFields = ['environments', 'runs-if', 'run-if'] as const;
