import type { TagProblem } from '../build/tagging/tag-problem.ts';
import { problemsOf } from '../diagnostics/problem.ts';
import type { Span } from '../diagnostics/source-text.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { tagCodes } from './codes/tags.ts';

const problem = problemsOf(tagCodes);

/**
 * Returns the diagnostic of a mistake in a tag policy or its result.
 * @param at the policy in the configuration; `undefined` if `--tag` replaces it or the default applies
 * @param imageAt the image in the configuration
 * @param images all images with the same problem
 */
export function tagDiagnostic(
  found: TagProblem,
  at: Span | undefined,
  imageAt: Span,
  images: readonly string[] = 'image' in found ? [found.image] : [],
): Diagnostic {
  switch (found.kind) {
    case 'fallback':
      return problem('S070', at, { ...found, images });
    case 'invalid-tag':
      return problem('S071', at, found);
    case 'invalid-name':
      return problem('S072', imageAt, found);
    case 'two-tags':
      return problem('S073', imageAt, found);
    case 'invalid-template':
      return problem('S074', at, found);
    case 'duplicate-component':
      return problem('S075', at, found);
    case 'replaced':
      return problem('S076', at, found);
  }
}
