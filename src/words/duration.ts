/** Formats a duration: `0.4s`, `12.3s`, `2m 05s`, `1h 02m`. */
export function formatDuration(ms: number): string {
  const tenths = Math.max(0, Math.round(ms / 100));
  if (tenths < 600) return `${(tenths / 10).toFixed(1)}s`;
  const seconds = Math.round(Math.max(0, ms) / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${padded(seconds % 60)}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h ${padded(minutes % 60)}m`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)}d ${padded(hours % 24)}h`;
}

/** Formats the duration between two times. Returns '' if one is missing. */
export function formatSpan(from: number | undefined, to: number | undefined): string {
  return from === undefined || to === undefined ? '' : formatDuration(to - from);
}

function padded(value: number): string {
  return String(value).padStart(2, '0');
}
