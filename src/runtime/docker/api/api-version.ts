/** Which version of the Docker API is spoken. Docker 29 refuses below 1.44, Docker 20.10 and Podman 4 end at 1.41. */

const oldestApi = '1.40';
const newestApi = '1.47';

export type NegotiatedApi = { readonly version: string } | { readonly problem: string };

/**
 * @param newest the header `Api-Version` of `/_ping`
 * @param floor the oldest that the engine accepts, where that is known (`MinAPIVersion` of `/version`)
 */
export function negotiateApi(newest: string | undefined, floor?: string): NegotiatedApi {
  if (newest === undefined || !/^\d+\.\d+$/.test(newest))
    return { problem: 'it does not say which version of the Docker API it speaks' };
  if (compareApi(newest, oldestApi) < 0)
    return {
      problem: `it speaks the Docker API up to ${newest}; ${oldestApi} or newer is needed (Docker 19.03, Podman 3)`,
    };
  if (floor !== undefined && compareApi(floor, newestApi) > 0)
    return { problem: `it speaks the Docker API from ${floor} on; this version of Slipway ends at ${newestApi}` };
  return { version: compareApi(newest, newestApi) < 0 ? newest : newestApi };
}

/** Below, at or above 0 as for numbers, part by part. */
export function compareApi(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}
