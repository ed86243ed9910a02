import type { HelmFlags, HelmRelease, HelmValue } from '../../deploy/helm/helm-release.ts';

/** The releases of one section of a configuration. */
export interface HelmSpec {
  readonly releases: readonly HelmReleaseSpec[];
  readonly flags: HelmFlags;
}

/** A release before its images are known. */
export interface HelmReleaseSpec extends Omit<HelmRelease, 'values'> {
  /** Those with `template` are Go templates of images. */
  readonly values: readonly (HelmValue & { readonly template?: true })[];
}
