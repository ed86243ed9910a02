import type { ResumeRequest } from './services.ts';
import type { RunSettings } from '../events/event.ts';
import type { RunState } from '../events/run-state.ts';

/** The settings that a run had, for its steps to run with again; only what is kept of them may be asked for anew. */
export function resumedSettings(
  { settings }: Pick<RunState, 'settings'>,
  { keepFailed }: Pick<ResumeRequest, 'keepFailed'>,
): RunSettings {
  return { ...settings, pull: settings?.pull ?? 'missing', keepFailed: keepFailed ?? settings?.keepFailed ?? false };
}
