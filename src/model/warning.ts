/**
 * The codes of warnings about a run that goes on. `runs/warning-codes.ts` explains them. Warnings about the
 * configuration have the codes of their diagnostics.
 */
export type WarningCode =
  'W082' | 'W083' | 'W084' | 'W085' | 'W086' | 'W087' | 'W088' | 'W089' | 'W090' | 'W091' | 'W092' | 'W093' | 'W094';

/** A warning of a run that belongs to no step. */
export interface Warning {
  readonly code: WarningCode;
  /** A sentence without a full stop. */
  readonly message: string;
}

/** Returns warnings that share a code. */
export function warnings(code: WarningCode, messages: readonly string[]): readonly Warning[] {
  return messages.map((message) => ({ code, message }));
}

/** Returns the observation of a warning about a step. */
export function warned(code: WarningCode, message: string) {
  return { type: 'noted', level: 'warning', code, message } as const;
}
