/**
 * Whether a chart says itself where it is, so that no repository is asked: a folder, a file, or a reference into a
 * registry.
 */
export function standsAlone(chart: string): boolean {
  return /^(?:[./]|oci:\/\/)/.test(chart);
}
