import { code } from '../../diagnostics/code-entry.ts';
import { quoted } from '../../util/visible.ts';

/** Parts of `skaffold.yaml` that Slipway reads and checks, but does not use. */
export const unusedCodes = {
  S050: code({
    severity: 'error',
    title: 'Builds in Google Cloud Build',
    explanation:
      '`build.googleCloudBuild` builds all artifacts of its configuration in Google Cloud, and pushes them. Slipway uses no ' +
      'service of Google. An engine of yours builds the same artifacts: without `googleCloudBuild`, builds are local.',
    message: () => '`googleCloudBuild` builds in Google Cloud, which Slipway does not use',
    help: () =>
      'to build with your engine, and push, add `--on docker`; or leave out the profile that sets it; or write `local: {push: true}`',
  }),
  S051: code({
    severity: 'warning',
    title: 'Part that Slipway does not use',
    explanation:
      'Slipway reads, checks and shows services of Google and `kpt`, so that files stay valid, but never uses them. ' +
      '`diagnose` reports them. A profile can replace the part.',
    message: (p: { field: string; instead: string }) => `${quoted(p.field)} is not used`,
    help: (p) => `use ${p.instead} instead`,
  }),
  S052: code({
    severity: 'warning',
    title: 'Field without effect',
    explanation:
      'The build does without this field. The images are the same, but they may be made in another way or in another ' +
      'place than the file says.',
    message: (p: { field: string; why: string }) => `${quoted(p.field)} has no effect: ${p.why}`,
    help: () => 'it may stay in the file',
  }),
};
