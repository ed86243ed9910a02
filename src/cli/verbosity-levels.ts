import { UsageError } from './usage-error.ts';

/** Returns a mistake for each level of Skaffold's `-v`: the parser would read `-vdebug` as `-v -d ebug`, another repository. */
export function verbosityLevels(argv: readonly string[]): readonly UsageError[] {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  return words
    .filter((word) => /^-v=?(?:trace|debug|info|warn|warning|error|fatal|panic)$/.test(word))
    .map((word) => new UsageError(`${word}: -v has no levels`, ['to print more: -v']));
}
