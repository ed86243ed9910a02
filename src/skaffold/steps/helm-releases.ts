import type { HelmRelease } from '../../deploy/helm/helm-release.ts';
import { imageVariables } from '../../deploy/helm/image-variables.ts';
import type { BuiltImage } from '../../deploy/manifests/replace-images.ts';
import { sentenceOf } from '../../diagnostics/sentence-of.ts';
import type { Clock } from '../../model/clock.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import { defined, expanded } from '../plan/expand-template.ts';
import type { HelmReleaseSpec, HelmSpec } from '../plan/helm-spec.ts';
import { templateSurroundings } from '../plan/template-surroundings.ts';
import { problem } from '../problem.ts';
import type { SkaffoldSurroundings } from '../surroundings.ts';

/** What templates of values use. */
export interface ReleaseValues {
  readonly images: readonly BuiltImage[];
  readonly env: SkaffoldSurroundings['env'];
  readonly clock: Clock;
}

/** Returns the releases with their values. Failure: `render-failed`, with every template that is wrong. */
export function helmReleases({ releases }: HelmSpec, values: ReleaseValues): Outcome<readonly HelmRelease[]> {
  const problems: string[] = [];
  const whole = releases.map((release) => withValues(release, values, problems));
  if (problems.length === 0) return succeeded(whole);
  return failed({ code: 'render-failed', source: 'setValueTemplates', detail: problems.join('\n') });
}

function withValues(release: HelmReleaseSpec, { images, env, clock }: ReleaseValues, problems: string[]): HelmRelease {
  const known = new Map([...defined(env), ...imageVariables(images)]);
  const surroundings = templateSurroundings(env, clock);
  return {
    ...release,
    values: release.values.map(({ key, value, template }) => {
      if (template !== true) return { key, value };
      const result = expanded(value, known, surroundings, 'error');
      if ('text' in result) return { key, value: result.text };
      const mistakes = result.mistakes.map(({ code, parts }) => problem(code, undefined, parts as never));
      problems.push(`release ${release.name}, ${key}: ${sentenceOf(mistakes)}`);
      return { key, value };
    }),
  };
}
