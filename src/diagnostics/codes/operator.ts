import { code, didYouMean } from '../code-entry.ts';
import { oneOf, quoted } from '../visible.ts';

const nouns = { secret: 'secret', cluster: 'cluster', certificates: 'certificates' } as const;
const sections = { secret: 'secrets', cluster: 'clusters', certificates: 'certificates' } as const;

/** Names that a repository's files write and only the operator's file can give a meaning to. */
export const operatorCodes = {
  W061: code({
    severity: 'error',
    title: 'Name that the operator has not mapped',
    explanation:
      'A file in a repository cannot choose a cluster or credentials by itself: it writes a name, and the file of whoever runs Slipway says what that is (docs/operator.md). ' +
      'That file, `slipway/config.yaml` in the configuration folder of the system or of the user, has no such name.',
    message: (p: { field: string; kind: 'secret' | 'cluster' | 'certificates'; name: string; known: readonly string[]; files: readonly string[] }) =>
      p.kind === 'certificates' ? `${p.field}: the operator's file names no certificates` : `${p.field}: the operator's file maps no ${nouns[p.kind]} ${quoted(p.name)}${didYouMean(p.name, p.known)}`,
    help: (p) => `add it to ${quoted(sections[p.kind])} in ${p.files.length === 0 ? 'slipway/config.yaml of your configuration folder' : p.files.join(' or ')}`,
  }),
  W062: code({
    severity: 'error',
    title: 'Secret without a key that is asked for',
    explanation: 'The operator maps the secret, but not the key of it that the step needs.',
    message: (p: { field: string; name: string; key: string; known: readonly string[] }) => `${p.field}: secret ${quoted(p.name)} has no key ${quoted(p.key)}${didYouMean(p.key, p.known)}`,
    help: (p) => (p.known.length === 0 ? undefined : `its keys: ${oneOf(p.known)}`),
  }),
  W063: code({
    severity: 'error',
    title: 'Secret whose value cannot be had',
    explanation: 'The operator maps the secret to a file, a variable of the environment or a credential helper, and that did not give a value.',
    message: (p: { name: string; key: string; detail: string }) => `secret ${quoted(p.name)}, key ${quoted(p.key)}: ${p.detail}`,
  }),
};
