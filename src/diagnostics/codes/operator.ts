import { code, didYouMean } from '../code-entry.ts';
import { oneOf, quoted } from '../../util/visible.ts';

const sections = {
  secret: 'secrets',
  cluster: 'clusters',
  certificates: 'certificates',
  serviceAccount: 'serviceAccounts',
} as const;

function notThere(p: {
  readonly kind: keyof typeof sections;
  readonly name: string;
  readonly known: readonly string[];
}): string {
  if (p.kind === 'certificates') return 'names no certificates';
  const what = p.kind === 'serviceAccount' ? 'allows no service account' : `maps no ${p.kind}`;
  return `${what} ${quoted(p.name)}${didYouMean(p.name, p.known)}`;
}

/** Names that a repository's files write and only the operator's file can give a meaning to. */
export const operatorCodes = {
  W061: code({
    severity: 'error',
    title: 'Name that the operator has not mapped',
    explanation:
      'A file in a repository cannot choose a cluster or credentials by itself: it writes a name, and the file of whoever runs Slipway says what that is (docs/operator.md). ' +
      'That file, `slipway/config.yaml` in the configuration folder of the system or of the user, has no such name.',
    message: (p: {
      field: string;
      kind: keyof typeof sections;
      name: string;
      known: readonly string[];
      files: readonly string[];
    }) => `${p.field}: the operator's file ${notThere(p)}`,
    help: (p) =>
      `add it to ${quoted(sections[p.kind])} in ${p.files.length === 0 ? 'slipway/config.yaml of your configuration folder' : p.files.join(' or ')}`,
  }),
  W062: code({
    severity: 'error',
    title: 'Secret without a key that is asked for',
    explanation: 'The operator maps the secret, but not the key of it that the step needs.',
    message: (p: {
      field: string;
      name: string;
      key: string;
      known: readonly string[];
      others?: readonly (readonly string[])[];
    }) =>
      `${p.field}: secret ${quoted(p.name)} has no key ${quoted(p.key)}${(p.others ?? []).map((set) => `, nor ${set.map(quoted).join(' and ')}`).join('')}${didYouMean(p.key, p.known)}`,
    help: (p) => `its keys: ${oneOf(p.known)}`,
  }),
  W063: code({
    severity: 'error',
    title: 'Secret whose value cannot be had',
    explanation:
      'The operator maps the secret to a file, a variable of the environment, a credential helper or a Secret of Kubernetes, and that did not give a value.',
    message: (p: { name: string; key?: string; detail: string }) =>
      `secret ${quoted(p.name)}${p.key === undefined ? '' : `, key ${quoted(p.key)}`}: ${p.detail}`,
  }),
  W064: code({
    severity: 'error',
    title: 'Deployment without a cluster',
    explanation:
      'The step deploys, and nobody has said where to: it names no cluster, the operator maps no `kubectl-config`, which such steps go to, and the command line names none either. ' +
      'The current context of a kubeconfig is never taken by itself: what somebody chose in another window is no decision to deploy there.',
    message: (p: { field: string; files: readonly string[] }) => `${p.field}: nobody says which cluster this goes to`,
    help: (p) =>
      `name one with --kube-context, or map ${quoted('kubectl-config')} in ${quoted('clusters')} of ${p.files.length === 0 ? 'slipway/config.yaml of your configuration folder' : p.files.join(' or ')}`,
  }),
  W069: code({
    severity: 'error',
    title: 'Two clusters for one step',
    explanation:
      'The step names no cluster. The operator maps `kubectl-config`, which such steps go to, and the command line names another one. ' +
      'Whichever of the two were taken, somebody would be surprised by where it was deployed.',
    message: (p: { field: string; context: string }) =>
      `${p.field}: \`kubectl-config\` is mapped, and --kube-context names ${quoted(p.context)}`,
    help: () => 'leave --kube-context out, or write the `cluster` that is meant into the step',
  }),
  W065: code({
    severity: 'error',
    title: 'Cluster that cannot be reached with what is there',
    explanation:
      'The cluster is named, but its kubeconfig, the context in it, or a file or program that the kubeconfig refers to did not give what is needed to log in.',
    message: (p: { detail: string; help?: string }) => p.detail,
    help: (p) => p.help,
  }),
  W066: code({
    severity: 'error',
    title: 'Two sources of one secret',
    explanation:
      "In the operator's file a secret is either a map of keys or one Secret of Kubernetes, and each of its keys comes from one place: a `file`, a variable of the `environment`, or a credential `helper`.",
    message: (p: { what: string; fields: readonly string[] }) =>
      `${p.what} is said to come from ${p.fields.map(quoted).join(' and ')}`,
    help: () => 'keep one of them',
  }),
  W067: code({
    severity: 'error',
    title: 'Secret without a source',
    explanation:
      "In the operator's file each key of a secret says where its value is: in a `file`, in a variable of Slipway's own `environment`, or with a credential `helper`. Values themselves are not written there.",
    message: (p: { what: string }) => `${p.what} does not say where its value is`,
    help: () => 'add `file: PATH`, `environment: VARIABLE`, or `helper: NAME` with `server: ADDRESS`',
  }),
  W068: code({
    severity: 'error',
    title: 'Default cluster that is not there',
    explanation:
      "In the operator's file `default` in `clusters` is an entry of its own or the name of another one, in the same file or in the other of the two.",
    message: (p: { name: string; known: readonly string[] }) =>
      `the default names a cluster ${quoted(p.name)} that is not there${didYouMean(p.name, p.known)}`,
    help: (p) => (p.known.length === 0 ? 'add it to `clusters`' : `clusters: ${oneOf(p.known)}`),
  }),
  W078: code({
    severity: 'error',
    title: 'Part of a pod that Slipway sets',
    explanation:
      "The pod template of the operator's file is laid under every pod of a step. What Slipway itself depends on (names, labels that runs are found by, commands, where the workspace is) " +
      'would be overwritten, so it is refused instead of being left out unsaid.',
    message: (p: { field: string; help: string }) => `${p.field} is set by Slipway`,
    help: (p) => p.help,
  }),
  W079: code({
    severity: 'error',
    title: 'Name that is given twice',
    explanation: 'Containers and volumes of a pod are told apart by their names, so each is there once.',
    message: (p: { name: string; list: string }) => `${quoted(p.list)} has two of the name ${quoted(p.name)}`,
    help: () => 'put both into one, or rename one of them',
  }),
  W080: code({
    severity: 'error',
    title: 'Context that is not there',
    explanation:
      'A cluster is named by a context of a kubeconfig, and that kubeconfig has no such context. ' +
      "It is the file that `kubectl` reads (`KUBECONFIG`, else `~/.kube/config`), or the one that `clusters` of the operator's file says.",
    message: (p: { from: string; files: string; name: string; known: readonly string[] }) =>
      `${p.from}: ${p.files} has no context ${quoted(p.name)}${didYouMean(p.name, p.known)}`,
    help: (p) => (p.known.length === 0 ? 'it has none at all' : `contexts: ${oneOf(p.known)}`),
  }),
  W081: code({
    severity: 'error',
    title: 'Cluster of the command line that nobody has mapped',
    explanation:
      "The name behind `kubernetes:` is one of `clusters` in the operator's file (docs/operator.md), which has no such name. A context of your own kubeconfig is named with --kube-context instead.",
    message: (p: { word: string; name: string; known: readonly string[]; files: readonly string[] }) =>
      `${quoted(p.word)}: the operator's file maps no cluster ${quoted(p.name)}${didYouMean(p.name, p.known)}`,
    help: (p) => {
      const file = p.files.length === 0 ? 'slipway/config.yaml of your configuration folder' : p.files.join(' or ');
      return p.known.length === 0
        ? `add it to \`clusters\` in ${file}, or name a context of your kubeconfig: --on kubernetes --kube-context NAME`
        : `clusters: ${oneOf(p.known)}; more are added in ${file}`;
    },
  }),
};
