import { portForwardClasses, type PortForwardClass } from '../model/port-forward-class.ts';
import { UsageError } from './usage-error.ts';

const flag = '--port-forward';
/** What `--port-forward` alone means after a deploy. */
const usual: readonly PortForwardClass[] = ['user', 'services'];
/** One word for all of it. */
const meanings: ReadonlyMap<string, readonly PortForwardClass[]> = new Map([
  ...['true', '1', 't'].map((word) => [word, usual] as const),
  ...['off', 'false', '0', 'f'].map((word) => [word, []] as const),
]);

/** The words that the flag takes, for completion. */
export const portForwardWords: readonly string[] = [...portForwardClasses, 'off'];

/**
 * Parses the classes of ports: `user,services`, `off`.
 * @param source for messages: `--port-forward`
 */
export function parsePortForward(text: string, source: string): readonly PortForwardClass[] {
  const words = text.split(',').map((word) => word.trim());
  const [first = ''] = words;
  const whole = words.length === 1 ? meanings.get(first.toLowerCase()) : undefined;
  if (whole !== undefined) return whole;
  const classes = words.map((word) => portForwardClasses.find((each) => each === word));
  const wrong = words.find((_, i) => classes[i] === undefined);
  if (wrong !== undefined)
    throw new UsageError(
      meanings.has(wrong)
        ? `${source}=${text}: ${wrong} excludes other words`
        : `${source}=${text}: ${JSON.stringify(wrong)} must be one of ${portForwardWords.join(', ')}`,
    );
  return portForwardClasses.filter((each) => classes.includes(each));
}

/**
 * Returns a command line in which the flag has a value: its value is always in the same word, so in
 * `run --port-forward DIR`, DIR is the folder.
 */
export function withPortForwardValue(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return argv.map((word, i) => (word === flag && (end < 0 || i < end) ? `${flag}=${usual.join(',')}` : word));
}
