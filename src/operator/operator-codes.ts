import { code, didYouMean } from '../diagnostics/code-entry.ts';
import { oneOf, quoted } from '../util/visible.ts';

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

/** Names in a repository's files that only the operator's file can resolve. */
export const operatorCodes = {
  W061: code({
    severity: 'error',
    title: "Name missing from the operator's file",
    explanation:
      'A repository cannot choose a cluster or credentials by itself. Its files contain names, and the ' +
      "operator's file maps each name (docs/operator.md). The operator's file, `slipway/config.yaml` in the " +
      'configuration folder of the system or the user, has no such name.',
    message: (p: {
      field: string;
      kind: keyof typeof sections;
      name: string;
      known: readonly string[];
      files: readonly string[];
    }) => `${p.field}: the operator's file ${notThere(p)}`,
    help: (p) =>
      `add it to ${quoted(sections[p.kind])} in ${p.files.length === 0 ? 'slipway/config.yaml in your configuration folder' : p.files.join(' or ')}`,
  }),
  W062: code({
    severity: 'error',
    title: 'Missing key of a secret',
    explanation: "The operator's file maps the secret, but not the key that the step needs.",
    message: (p: {
      field: string;
      name: string;
      key: string;
      known: readonly string[];
      others?: readonly (readonly string[])[];
    }) =>
      `${p.field}: secret ${quoted(p.name)} has no key ${quoted(p.key)}${(p.others ?? []).map((set) => `, nor ${set.map(quoted).join(' and ')}`).join('')}${didYouMean(p.key, p.known)}`,
    help: (p) => `keys: ${oneOf(p.known)}`,
  }),
  W063: code({
    severity: 'error',
    title: 'Cannot read a secret',
    explanation:
      "The operator's file maps the secret to a file, an environment variable, a credential helper or a " +
      'Kubernetes Secret. Slipway could not read the value there.',
    message: (p: { name: string; key?: string; detail: string }) =>
      `secret ${quoted(p.name)}${p.key === undefined ? '' : `, key ${quoted(p.key)}`}: ${p.detail}`,
  }),
  W064: code({
    severity: 'error',
    title: 'Deployment without a cluster',
    explanation:
      'The step deploys, but no cluster is set. The step names none, the command line names none, and the ' +
      "operator's file maps no `kubectl-config`, which is the default. Slipway never uses the current context " +
      'of a kubeconfig by default, because another program may have changed it.',
    message: (p: { field: string; files: readonly string[] }) => `${p.field}: no cluster is set`,
    help: (p) =>
      `choose one with --kube-context, or map ${quoted('kubectl-config')} in ${quoted('clusters')} of ${p.files.length === 0 ? 'slipway/config.yaml in your configuration folder' : p.files.join(' or ')}`,
  }),
  W069: code({
    severity: 'error',
    title: 'Two clusters for one step',
    explanation:
      "The step names no cluster. The operator's file maps `kubectl-config`, which is the default, and the " +
      'command line names another cluster. Slipway does not choose between the two.',
    message: (p: { field: string; context: string }) =>
      `${p.field}: both \`kubectl-config\` and --kube-context ${quoted(p.context)} are set`,
    help: () => 'remove --kube-context, or set `cluster` in the step',
  }),
  W065: code({
    severity: 'error',
    title: 'Cannot use a cluster',
    explanation:
      'Slipway cannot log in to the cluster. The kubeconfig, its context, or a file or program that the ' +
      'kubeconfig refers to is missing or invalid.',
    message: (p: { detail: string; help?: string }) => p.detail,
    help: (p) => p.help,
  }),
  W066: code({
    severity: 'error',
    title: 'Secret with two sources',
    explanation:
      "In the operator's file, a secret is either a map of keys or one Kubernetes Secret. Each key has one " +
      'source: `file`, `environment` or `helper`.',
    message: (p: { what: string; fields: readonly string[] }) =>
      `${p.what} has more than one source: ${p.fields.map(quoted).join(' and ')}`,
    help: () => 'keep one of them',
  }),
  W067: code({
    severity: 'error',
    title: 'Secret without a source',
    explanation:
      "In the operator's file, each key of a secret has a source: `file`, `environment` (a variable of " +
      "Slipway's own environment) or `helper` (a credential helper). The file does not contain values.",
    message: (p: { what: string }) => `${p.what} has no source`,
    help: () => 'add `file: PATH`, `environment: VARIABLE`, or `helper: NAME` with `server: ADDRESS`',
  }),
  W068: code({
    severity: 'error',
    title: 'Unknown default cluster',
    explanation:
      "In the operator's file, `clusters.default` is a cluster or the name of another cluster. The other " +
      'cluster may be in the file of the system or of the user.',
    message: (p: { name: string; known: readonly string[] }) =>
      `unknown default cluster ${quoted(p.name)}${didYouMean(p.name, p.known)}`,
    help: (p) => (p.known.length === 0 ? 'add it to `clusters`' : `clusters: ${oneOf(p.known)}`),
  }),
  W078: code({
    severity: 'error',
    title: 'Part of a pod that Slipway sets',
    explanation:
      "Slipway merges the pod template of the operator's file into the pod of every step. It relies on some " +
      'fields itself: names, the labels by which it finds its pods, commands, and the workspace. A template ' +
      'must not set them.',
    message: (p: { field: string; help: string }) => `${p.field} is set by Slipway`,
    help: (p) => p.help,
  }),
  W079: code({
    severity: 'error',
    title: 'Duplicate name',
    explanation: 'Containers and volumes of a pod are identified by their names, so a name must be unique.',
    message: (p: { name: string; list: string }) => `duplicate name ${quoted(p.name)} in ${quoted(p.list)}`,
    help: () => 'merge the two, or rename one of them',
  }),
  W080: code({
    severity: 'error',
    title: 'Unknown context',
    explanation:
      'A context of a kubeconfig selects the cluster, and the kubeconfig has no such context. Slipway reads the ' +
      'same kubeconfig as `kubectl` (`KUBECONFIG`, else `~/.kube/config`), or the one in `clusters` of the ' +
      "operator's file.",
    message: (p: { from: string; files: string; name: string; known: readonly string[] }) =>
      `${p.from}: ${p.files} has no context ${quoted(p.name)}${didYouMean(p.name, p.known)}`,
    help: (p) => (p.known.length === 0 ? 'the kubeconfig has no contexts' : `contexts: ${oneOf(p.known)}`),
  }),
  W081: code({
    severity: 'error',
    title: 'Unknown cluster on the command line',
    explanation:
      "`kubernetes:NAME` selects a cluster in `clusters` of the operator's file (docs/operator.md). The file " +
      'has no such name. To select a context of your own kubeconfig, use --kube-context.',
    message: (p: { word: string; name: string; known: readonly string[]; files: readonly string[] }) =>
      `${quoted(p.word)}: the operator's file maps no cluster ${quoted(p.name)}${didYouMean(p.name, p.known)}`,
    help: (p) => {
      const file = p.files.length === 0 ? 'slipway/config.yaml in your configuration folder' : p.files.join(' or ');
      return p.known.length === 0
        ? `add it to \`clusters\` in ${file}, or choose a context of your kubeconfig: --on kubernetes --kube-context NAME`
        : `clusters: ${oneOf(p.known)}; to add one, edit ${file}`;
    },
  }),
};
