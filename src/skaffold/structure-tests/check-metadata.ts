import type { ImageConfig } from '../../runtime/opened-image.ts';
import { quoted } from '../../util/visible.ts';
import { expandVariables, variablesOf } from './expand-variables.ts';
import { regexFinds } from './go-regex.ts';
import type { ExpectedPair, MetadataTest } from './structure-tests.ts';

/** Returns what is wrong with the metadata of an image: one sentence each, none if the test passed. */
export function checkMetadata(test: MetadataTest, config: ImageConfig): readonly string[] {
  const env = variablesOf(config.env);
  // A variable may be part of a port or path: `$PORT`.
  const filled = (texts: readonly string[]) => texts.map((text) => expandVariables(text, env));
  const ports = new Set(config.exposedPorts.flatMap((port) => [port, port.replace(/\/.*/, '')]));
  const volumes = new Set(config.volumes);
  return [
    ...test.env.flatMap((pair) => checkPair('the variable', pair, env.get(pair.key))),
    ...test.unboundEnv.flatMap((name) => (env.has(name) ? [`the variable ${quoted(name)} is set, but must not`] : [])),
    ...test.labels.flatMap((pair) =>
      checkPair('the label', pair, Object.hasOwn(config.labels, pair.key) ? config.labels[pair.key] : undefined),
    ),
    ...filled(test.exposedPorts).flatMap((port) => (ports.has(port) ? [] : [`port ${port} is not exposed`])),
    ...filled(test.unexposedPorts).flatMap((port) =>
      ports.has(port) ? [`port ${port} is exposed, but must not`] : [],
    ),
    ...filled(test.volumes).flatMap((path) => (volumes.has(path) ? [] : [`${quoted(path)} is no volume`])),
    ...filled(test.unmountedVolumes).flatMap((path) =>
      volumes.has(path) ? [`${quoted(path)} is a volume, but must not`] : [],
    ),
    ...checkWords('entrypoint', test.entrypoint, config.entrypoint),
    ...checkWords('cmd', test.cmd, config.cmd),
    ...checkWord('workdir', test.workdir, config.workdir),
    ...checkWord('user', test.user, config.user),
  ];
}

function checkPair(what: string, { key, value, isRegex }: ExpectedPair, actual: string | undefined): readonly string[] {
  if (actual === undefined) return [`${what} ${quoted(key)} is not set`];
  const matches = isRegex ? regexFinds(value, actual) : actual === value;
  if (matches === true) return [];
  const is = `${what} ${quoted(key)} is ${quoted(actual)}`;
  if (typeof matches === 'string') return [`${is}: ${matches}`];
  return [isRegex ? `${is}, which does not match ${quoted(value)}` : `${is}, expected ${quoted(value)}`];
}

function checkWords(
  what: string,
  expected: readonly string[] | undefined,
  actual: readonly string[],
): readonly string[] {
  const [wanted, is] = [JSON.stringify(expected), JSON.stringify(actual)];
  return expected === undefined || wanted === is ? [] : [`${what} is ${is}, expected ${wanted}`];
}

function checkWord(what: string, expected: string | undefined, actual: string): readonly string[] {
  return expected === undefined || expected === actual
    ? []
    : [`${what} is ${quoted(actual)}, expected ${quoted(expected)}`];
}
