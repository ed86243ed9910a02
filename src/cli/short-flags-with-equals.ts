/** Short flags of Skaffold that take a value. */
const letters = 'abcdfilmnopt';

/**
 * Rewrites `-n=VALUE` to `-nVALUE`, which Skaffold's parser of flags means by it. Before the words are parsed, because afterwards it could not be told from
 * the value `=VALUE`: `-i $NAME=app:1` with an unset variable.
 * @param argv words after `slipway`
 */
export function withoutShortEquals(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  const pattern = new RegExp(`^(-[${letters}])=(.+)$`, 's');
  return argv.map((word, i) => (end >= 0 && i > end ? word : word.replace(pattern, '$1$2')));
}
