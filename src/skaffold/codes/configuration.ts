import { code, didYouMean } from '../../diagnostics/code-entry.ts';
import { count } from '../../words/quantity.ts';
import { oneOf, quoted } from '../../util/visible.ts';

/** Documents of `skaffold.yaml`: versions, profiles, modules. */
export const configurationCodes = {
  S001: code({
    severity: 'error',
    title: 'Not a known version of skaffold.yaml',
    explanation:
      'Every document of a `skaffold.yaml` names its version in `apiVersion`. Slipway reads every version that Skaffold has ' +
      'released, from `skaffold/v1alpha1` to `skaffold/v4beta14`.',
    message: (p: { written: string | undefined; known: readonly string[] }) =>
      p.written === undefined
        ? 'the document has no `apiVersion`'
        : // Of several near versions, the newest is the likeliest.
          `unknown version ${quoted(p.written)}${didYouMean(p.written, p.known.toReversed())}`,
    help: (p) => `the newest version is \`${p.known.at(-1) ?? ''}\``,
  }),
  S002: code({
    severity: 'error',
    title: 'Field of a newer version',
    explanation:
      'The field exists, but only in versions newer than the `apiVersion` of this document. Skaffold reads each document by ' +
      'the rules of its own version.',
    message: (p: { field: string; where: string; version: string; since: string }) =>
      `${p.where} has the field ${quoted(p.field)} only since \`${p.since}\`, but this document is \`${p.version}\``,
    help: (p) => `write \`apiVersion: skaffold/${p.since}\` or newer; \`slipway fix\` upgrades the whole file`,
  }),
  S003: code({
    severity: 'warning',
    title: 'Field has no effect any more',
    explanation:
      'An older version of `skaffold.yaml` has this field, newer ones do not, and nothing has replaced it. Skaffold drops it ' +
      'without a word.',
    message: (p: { field: string; version: string }) =>
      `${quoted(p.field)} has no effect: no version after \`${p.version}\` has it`,
    help: () => 'remove it',
  }),
  S004: code({
    severity: 'error',
    title: 'Two configurations have the same name',
    explanation: '`metadata.name` identifies a configuration to `requires` and `--module`, so it must be unique.',
    message: (p: { name: string }) => `two configurations have the name ${quoted(p.name)}`,
    help: () => 'change one of the names',
  }),
  S005: code({
    severity: 'error',
    title: 'Required configuration is missing',
    explanation:
      '`requires.path` names a file, or a folder with a `skaffold.yaml`. It is relative to the file that names it.',
    message: (p: { path: string; why: string }) => `the required configuration ${quoted(p.path)} ${p.why}`,
  }),
  S006: code({
    severity: 'error',
    title: 'Configuration is required with different profiles',
    explanation: 'Two configurations require this one, but with different active profiles. It is read only once.',
    message: (p: { name: string; first: readonly string[]; second: readonly string[] }) =>
      `${p.name} is required with ${profilesText(p.first)} and with ${profilesText(p.second)}`,
    help: () => 'make the `activeProfiles` of both the same',
  }),
  S007: code({
    severity: 'error',
    title: 'No such module',
    explanation:
      '`--module` takes the `metadata.name` of a configuration. Configurations that it requires are included.',
    message: (p: { name: string; known: readonly string[] }) =>
      `no configuration has the name ${quoted(p.name)}${didYouMean(p.name, p.known)}`,
    help: (p) => (p.known.length === 0 ? 'no configuration has a name' : `modules: ${oneOf(p.known)}`),
  }),
  S008: code({
    severity: 'error',
    title: 'Required configuration cannot be fetched',
    explanation:
      'The configuration is in another repository. Slipway fetches Git repositories with `git`, into a cache in its state ' +
      'folder. It does not read Google Cloud Storage or Google Cloud Build repositories: use `git` instead.',
    message: (p: { what: string; why: string }) => `${p.what} cannot be fetched: ${p.why}`,
  }),
  S009: code({
    severity: 'error',
    title: 'Configuration cannot be fetched',
    explanation:
      '`--filename` may be the URL of a configuration. Slipway fetches it by HTTP or HTTPS, within 30 seconds and up to 8 MiB. A ' +
      'user and password in the URL are sent to its host only.',
    message: (p: { url: string; why: string }) => `${quoted(p.url)} cannot be fetched: ${p.why}`,
    help: () => 'check the URL, or fetch the file yourself and pass it with `--filename -`',
  }),
  S010: code({
    severity: 'error',
    title: 'Unknown profile',
    explanation:
      '`--profile` takes the name of a profile. A configuration that is read must have it. `-NAME` switches a profile off. With ' +
      '`--no-propagate-profiles`, profiles of required configurations do not count.',
    message: (p: { name: string; known: readonly string[] }) =>
      `no configuration has a profile ${quoted(p.name)}${didYouMean(p.name, p.known)}`,
    help: (p) => (p.known.length === 0 ? 'there are no profiles' : `profiles: ${oneOf(p.known)}`),
  }),
  S011: code({
    severity: 'error',
    title: 'Patch does not apply',
    explanation:
      'A patch changes one value of the configuration, after the other sections of its profile were applied. `replace` and ' +
      '`remove` need a value at `path`. `add` needs the map or list that holds it, and inserts into a list. `move` and `copy` ' +
      'replace the item of a list, as they do in Skaffold. Lists count from 0.',
    message: (p: { profile: string; op: string; path: string; why: string }) =>
      `profile ${quoted(p.profile)} cannot ${p.op} ${quoted(p.path)}: ${p.why}`,
    help: (p) => (p.op === 'replace' && p.why.includes('no field') ? 'to add a new field, write `op: add`' : undefined),
  }),
  S012: code({
    severity: 'error',
    title: 'Unknown patch operation',
    explanation: 'Patches know the operations of JSON Patch. Without `op`, a patch replaces.',
    message: (p: { op: string; known: readonly string[] }) =>
      `unknown patch operation ${quoted(p.op)}${didYouMean(p.op, p.known)}`,
    help: (p) => `operations: ${oneOf(p.known)}`,
  }),
  S013: code({
    severity: 'error',
    title: 'Invalid activation of a profile',
    explanation: '`activation.env` has the form `NAME=PATTERN`.',
    message: (p: { written: string }) => `invalid activation ${quoted(p.written)}: it has no \`=\``,
    help: () => 'write NAME=PATTERN; an empty pattern means that the variable is empty or not set',
  }),
  S014: code({
    severity: 'error',
    title: 'Profiles and kube context contradict each other',
    explanation:
      'A profile was activated by the current kube context, but then the configuration chooses another context. The profile ' +
      'would apply to a cluster that it is not meant for.',
    message: (p: { profile: string; current: string; effective: string }) =>
      `profile ${quoted(p.profile)} is active for the kube context ${quoted(p.current)}, but \`deploy.kubeContext\` is ` +
      quoted(p.effective),
    help: () => 'give the context with --kube-context, or change `activation` or `deploy.kubeContext`',
  }),
  S015: code({
    severity: 'warning',
    title: 'Patch adds an unknown field',
    explanation: 'A patch of a profile adds a field that does not exist. Skaffold drops it without a word.',
    message: (p: { field: string; where: string; known: readonly string[] }) =>
      `a patch adds the field ${quoted(p.field)} to ${p.where}, which does not have it${didYouMean(p.field, p.known)}`,
    help: () => 'it has no effect',
  }),
  S016: code({
    severity: 'error',
    title: 'No configuration',
    explanation: 'The file has no document with a configuration.',
    message: () => 'the file has no configuration',
  }),
  S017: code({
    severity: 'error',
    title: 'No skaffold.yaml',
    explanation: 'The path names no file, and no folder with a `skaffold.yaml` or `skaffold.yml`.',
    message: (p: { path: string }) => `there is no \`skaffold.yaml\` at ${quoted(p.path)}`,
    help: () => 'name one with --filename',
  }),
  S018: code({
    severity: 'warning',
    title: 'Activation is not a regular expression',
    explanation:
      'Patterns of `activation` are regular expressions. A leading `!` negates. Like Skaffold, Slipway takes a pattern that is no ' +
      'valid regular expression as a literal text.',
    message: (p: { written: string }) => `${quoted(p.written)} is not a regular expression and matches only itself`,
    help: () => 'escape special characters with `\\`',
  }),
  S058: code({
    severity: 'error',
    title: 'Required field is missing',
    explanation:
      'Without this field the configuration cannot be used. `diagnose --yaml-only` prints it nevertheless, as Skaffold does.',
    message: (p: { field: string; of: string; name: string }) =>
      `${p.of}${p.name === '' ? '' : ` (${quoted(p.name)})`} has no ${quoted(p.field)}`,
    help: (p) => `add \`${p.field}:\``,
  }),
  S059: code({
    severity: 'error',
    title: 'Fields exclude each other',
    explanation:
      'Only one of these fields can apply, such as one builder of an artifact. A profile that has one of them replaces the other.',
    message: (p: { field: string; other: string; of: string; name: string }) =>
      `${quoted(p.field)} excludes ${quoted(p.other)} in ${p.of}${p.name === '' ? '' : ` (${quoted(p.name)})`}`,
    help: () => 'remove one of them',
  }),
};

function profilesText(names: readonly string[]): string {
  return names.length === 0 ? 'no profiles' : `${count(names.length, 'profile')} (${names.join(', ')})`;
}
