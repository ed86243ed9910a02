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
    message: (p: { field: string; name: string; key: string; known: readonly string[]; others?: readonly (readonly string[])[] }) =>
      `${p.field}: secret ${quoted(p.name)} has no key ${quoted(p.key)}${(p.others ?? []).map((set) => `, nor ${set.map(quoted).join(' and ')}`).join('')}${didYouMean(p.key, p.known)}`,
    help: (p) => `its keys: ${oneOf(p.known)}`,
  }),
  W063: code({
    severity: 'error',
    title: 'Secret whose value cannot be had',
    explanation: 'The operator maps the secret to a file, a variable of the environment or a credential helper, and that did not give a value.',
    message: (p: { name: string; key: string; detail: string }) => `secret ${quoted(p.name)}, key ${quoted(p.key)}: ${p.detail}`,
  }),
  W064: code({
    severity: 'error',
    title: 'Deployment without a cluster',
    explanation:
      'The step deploys, and nobody has said where to: it names no cluster, the operator maps no `kubectl-config`, which such steps go to, and the command line names none either. ' +
      'The current context of a kubeconfig is never taken by itself: what somebody chose in another window is no decision to deploy there.',
    message: (p: { field: string; files: readonly string[] }) => `${p.field}: nobody says which cluster this goes to`,
    help: (p) => `name one with --kube-context, or map ${quoted('kubectl-config')} in ${quoted('clusters')} of ${p.files.length === 0 ? 'slipway/config.yaml of your configuration folder' : p.files.join(' or ')}`,
  }),
  W065: code({
    severity: 'error',
    title: 'Cluster that cannot be reached with what is there',
    explanation: 'The cluster is named, but its kubeconfig, the context in it, or a file or program that the kubeconfig refers to did not give what is needed to log in.',
    message: (p: { detail: string }) => p.detail,
  }),
};
