/** The keys of a stage that are not steps. */
export const stageFields = ['environments', 'runs-if', 'run-if'] as const;
