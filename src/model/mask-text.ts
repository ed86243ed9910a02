/** What stands for a secret wherever people look. */
export const maskText = '***';
