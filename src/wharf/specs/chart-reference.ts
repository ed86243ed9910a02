/**
 * Reports whether a chart contains its own location and needs no repository: a folder, a file, or a registry reference.
 */
export function standsAlone(chart: string): boolean {
  return /^(?:[./]|oci:\/\/)/.test(chart);
}
