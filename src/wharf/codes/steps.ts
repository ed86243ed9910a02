import { code } from '../../diagnostics/code-entry.ts';
import { quoted } from '../../util/visible.ts';

/** The fields of step types, alone and in combination. */
export const stepCodes = {
  W070: code({
    severity: 'error',
    title: 'Invalid image name or tag',
    explanation:
      'An image name consists of components separated by `/`. A component has letters and digits, with single ' +
      '`.`, `_` or `-` between them. The first component may be a host with a port. The name has no `https://`. A ' +
      '`docker` step lowercases capital letters; in the `image` of a `container` step they are an error. A tag has ' +
      'up to 128 letters, digits, `_`, `.` and `-`. A `docker` step requires at least one tag. Branch names often contain `/`: `${GIT_SAFEBRANCH}` replaces it with `-`.',
    message: (p: { field: string; value: string; why: string; instead?: string }) =>
      `${p.field}: ${quoted(p.value)} ${p.why}`,
    help: (p) => (p.instead === undefined ? undefined : `write ${quoted(p.instead)}`),
  }),
  W071: code({
    severity: 'error',
    title: 'Invalid build argument',
    explanation:
      'Write a build argument as `NAME=value` or as `NAME`. Write an entry of `secretArgs` as `NAME=key`, where ' +
      '`key` is a key of the secret in `secretName`.',
    message: (p: { field: string; value: string; why: string }) => `${p.field}: ${quoted(p.value)} ${p.why}`,
    help: (p) => (p.field.startsWith('`secretArgs`') ? 'write `NAME=key`' : 'write `NAME=value`'),
  }),
  W072: code({
    severity: 'error',
    title: 'Field that requires another field',
    explanation:
      '`secretArgs` maps keys of a secret to build arguments, and `secretName` names that secret. Neither has ' +
      'an effect alone.',
    message: (p: { field: string; needs: string }) => `${quoted(p.field)} has no effect without ${quoted(p.needs)}`,
    help: (p) => `add ${quoted(p.needs)}, or remove ${quoted(p.field)}`,
  }),
  W073: code({
    severity: 'error',
    title: 'Field without effect on this step type',
    explanation:
      'The container engine runs a `docker` step, not a container of its own. So the step has no environment ' +
      'variables, no memory limit and no workspace to take files from. Pass values in `args`. The result of the ' +
      'step is the image.',
    message: (p: { field: string; type: string }) => `${quoted(p.field)} has no effect in a ${quoted(p.type)} step`,
    help: (p) => (p.field === 'env' ? 'pass values in `args`' : `remove ${quoted(p.field)}`),
  }),
  W074: code({
    severity: 'warning',
    title: 'Secret in a build argument',
    explanation:
      'Container engines write build arguments into the image history. Everyone who has the image can read ' +
      'them. Pass operator secrets with `secretName` and `secretArgs`, and use them with `RUN ' +
      '--mount=type=secret,id=NAME`. Such secrets are in no layer and no history.',
    message: (p: { field: string; secret: string }) =>
      `${p.field} writes the secret ${quoted(p.secret)} into the image history`,
    help: () => 'use `secretArgs` with `RUN --mount=type=secret,id=NAME`',
  }),
  W075: code({
    severity: 'warning',
    title: 'Ignored fields',
    explanation:
      '`destination` is the full image name without the tag. `registry`, `group` and `name` only form the ' +
      'default of `destination`, so Slipway ignores them here.',
    message: (p: { fields: readonly string[] }) =>
      `ignored because \`destination\` is set: ${p.fields.map(quoted).join(', ')}`,
    help: () => 'remove `destination` or these fields',
  }),
  W076: code({
    severity: 'error',
    title: 'Helm 2',
    explanation:
      'Helm 2 requires Tiller in the cluster, and its support ended in 2020. Helm 3 can deploy charts of API ' +
      'version 1 too.',
    message: (p: { field: string; version: string }) => `${p.field}: Helm 2 (${quoted(p.version)}) is not supported`,
    help: () => 'remove it, or write a Helm 3 version such as `v3.14.0`',
  }),
};
