const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `31 MB`, in powers of ten as disks and registries count; one digit after the point below ten. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.round(value) >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** `31 of 48 MB`: both in the unit of the second. */
export function formatBytesOf(current: number, total: number): string {
  const [value = '', unit = ''] = formatBytes(total).split(' ');
  const scale = 1000 ** units.indexOf(unit as (typeof units)[number]);
  return `${(current / scale).toFixed(value.includes('.') ? 1 : 0)} of ${value} ${unit}`;
}
