/** Replaces a secret in everything that people see. */
export const maskText = '***';
