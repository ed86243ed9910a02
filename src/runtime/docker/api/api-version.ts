/**
 * Negotiates the version of the Docker API. Docker 29 refuses versions below 1.44. Docker 20.10 and Podman 4 support up
 * to 1.41.
 */

const oldestApi = '1.40';
const newestApi = '1.47';

export type NegotiatedApi = { readonly version: string } | { readonly problem: string };

/**
 * Returns the newest version that both sides support.
 * @param newest the header `Api-Version` of `/_ping`
 * @param floor the oldest version that the engine accepts, if known (`MinAPIVersion` of `/version`)
 */
export function negotiateApi(newest: string | undefined, floor?: string): NegotiatedApi {
  if (newest === undefined || !/^\d+\.\d+$/.test(newest))
    return { problem: 'the engine does not report its version of the Docker API' };
  if (compareApi(newest, oldestApi) < 0)
    return {
      problem: `the engine supports the Docker API only up to ${newest}; Slipway needs ${oldestApi} or newer (Docker 19.03, Podman 3)`,
    };
  if (floor !== undefined && compareApi(floor, newestApi) > 0)
    return {
      problem: `the engine supports the Docker API only from ${floor} on; this version of Slipway supports up to ${newestApi}`,
    };
  return { version: compareApi(newest, newestApi) < 0 ? newest : newestApi };
}

/** Reports whether the version is no newer than what Slipway supports. The floor of a newer engine may be above that. */
export function isKnownApi(version: string): boolean {
  return compareApi(version, newestApi) <= 0;
}

/** Compares versions part by part. The result is below, at or above 0. */
export function compareApi(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}
