import { goGlob } from '../../util/glob/go-glob.ts';

/**
 * Returns what reports whether a name matches a pattern of Go's `path.Match`, as Skaffold compares names of pods and containers.
 * @param pattern absent or empty: every name matches
 * @returns `undefined` for a pattern that is not valid
 */
export function namePattern(pattern: string | undefined): ((name: string) => boolean) | undefined {
  if (pattern === undefined || pattern === '') return () => true;
  const compiled = goGlob(pattern, 'star');
  return compiled && ((name) => compiled.matches(name));
}
