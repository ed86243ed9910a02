const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Formats bytes: `31 MB`. Units are powers of ten, as for disks and registries. Values below 10 have one decimal. */
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

/** Formats progress: `31 of 48 MB`. Both numbers have the unit of the total. */
export function formatBytesOf(current: number, total: number): string {
  const [value = '', unit = ''] = formatBytes(total).split(' ');
  const scale = 1000 ** units.indexOf(unit as (typeof units)[number]);
  return `${(current / scale).toFixed(value.includes('.') ? 1 : 0)} of ${value} ${unit}`;
}
