import type { CommandTree } from './invocation.ts';
import { optionsAt, readCommandLine, takesValue } from './read-command-line.ts';

const withEquals = /^(-[A-Za-z])=(.+)$/s;

/**
 * Rewrites `-n=VALUE` to `-nVALUE`, which Skaffold's parser of flags means by it, where `-n` takes a value in the command. Before the
 * words are parsed, because afterwards it could not be told from the value `=VALUE`: `-i $NAME=app:1` with an unset variable.
 * @param argv words after `slipway`
 */
export async function withoutShortEquals(tree: CommandTree, argv: readonly string[]): Promise<readonly string[]> {
  if (!argv.some((word) => withEquals.test(word))) return argv;
  const { path } = await readCommandLine(tree, argv);
  const options = optionsAt(tree, path).filter(takesValue);
  const end = argv.indexOf('--');
  return argv.map((word, i) => {
    const [, flag, value] = withEquals.exec(word) ?? [];
    if (flag === undefined || value === undefined || (end >= 0 && i > end)) return word;
    return options.some(({ short }) => short === flag) ? `${flag}${value}` : word;
  });
}
