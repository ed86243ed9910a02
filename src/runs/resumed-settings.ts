import type { ResumeRequest } from './services.ts';
import type { RunSettings } from '../events/event.ts';
import type { RunState } from '../events/run-state.ts';

/** Returns the settings of the earlier run for its steps. A request may change only `keepFailed`. */
export function resumedSettings(
  { settings }: Pick<RunState, 'settings'>,
  { keepFailed }: Pick<ResumeRequest, 'keepFailed'>,
): RunSettings {
  return { ...settings, pull: settings?.pull ?? 'missing', keepFailed: keepFailed ?? settings?.keepFailed ?? false };
}
