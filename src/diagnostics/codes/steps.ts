import { code } from '../code-entry.ts';
import { oneOf, quoted } from '../../util/visible.ts';

/** What the fields of one step type have to be, alone and together. */
export const stepCodes = {
  W070: code({
    severity: 'error',
    title: 'Not the name or a tag of an image',
    explanation:
      'The name of an image is made of components between `/`, each of letters, digits and single `.`, `_`, `-` between them, the first one maybe a host with a port; no `https://` before it. ' +
      'Capital letters are made small. A tag is up to 128 letters, digits, `_`, `.` and `-`, and a `docker` step needs at least one. ' +
      'Branches often have a `/` in their name: `${GIT_SAFEBRANCH}` is the same with `-`.',
    message: (p: { field: string; value: string; why: string; instead?: string }) =>
      `${p.field}: ${quoted(p.value)} ${p.why}`,
    help: (p) => (p.instead === undefined ? undefined : `write ${quoted(p.instead)}`),
  }),
  W071: code({
    severity: 'error',
    title: 'Not a pair',
    explanation:
      'Build arguments are written `NAME=value`, or `NAME` alone; arguments whose value is a secret `NAME=key`, where the key is one of the secret that `secretName` names.',
    message: (p: { field: string; value: string; why: string }) => `${p.field}: ${quoted(p.value)} ${p.why}`,
    help: (p) => (p.field.startsWith('`secretArgs`') ? 'write `NAME=key`' : 'write `NAME=value`'),
  }),
  W072: code({
    severity: 'error',
    title: 'Field that needs another',
    explanation:
      '`secretArgs` says which keys of a secret become build arguments, and `secretName` which secret that is. One without the other does nothing.',
    message: (p: { field: string; needs: string }) => `${quoted(p.field)} does nothing without ${quoted(p.needs)}`,
    help: (p) => `add ${quoted(p.needs)}, or remove ${quoted(p.field)}`,
  }),
  W073: code({
    severity: 'error',
    title: 'Field that does nothing beside this type',
    explanation:
      'The work of a `docker` step is done by the engine, not in a container of its own: there is none that could be given variables or memory, nor a workspace that files could be taken from or kept in. ' +
      'Hand values over in `args`; what the build makes is the image.',
    message: (p: { field: string; type: string }) => `${quoted(p.field)} does nothing beside ${quoted(p.type)}`,
    help: (p) => (p.field === 'env' ? 'hand values over in `args`' : `remove ${quoted(p.field)}`),
  }),
  W074: code({
    severity: 'warning',
    title: 'Secret in a build argument',
    explanation:
      'Every engine writes the build arguments of an image into its history, where whoever has the image can read them. Secrets of the operator can be handed over by `secretName` and `secretArgs`, ' +
      'and used by `RUN --mount=type=secret,id=NAME`: those are in no layer and no history.',
    message: (p: { field: string; secret: string }) =>
      `${p.field} writes the secret ${quoted(p.secret)} into the history of the image`,
    help: () => 'use `secretArgs` with `RUN --mount=type=secret,id=NAME`',
  }),
  W075: code({
    severity: 'warning',
    title: 'Fields that are not looked at',
    explanation:
      'A `destination` is the whole name of the image but for its tag. `registry`, `group` and `name` are what it is made of where it is not written; beside it they do nothing.',
    message: (p: { fields: readonly string[] }) => `beside \`destination\` nobody looks at ${oneOf(p.fields)}`,
    help: () => 'remove one or the other',
  }),
  W076: code({
    severity: 'error',
    title: 'Helm 2',
    explanation:
      'Helm 2 needs Tiller, a part of it that runs inside of the cluster; its makers ended it in 2020. Charts of version 1 can be deployed with Helm 3 as well.',
    message: (p: { field: string; version: string }) =>
      `${p.field}: ${quoted(p.version)} is a version of Helm 2, which cannot be used`,
    help: () => 'remove it, or write a version 3 such as `v3.14.0`',
  }),
  W077: code({
    severity: 'error',
    title: 'Value that cannot be',
    explanation:
      'The value has a form that whoever it is for is certain to refuse: Kubernetes of namespaces, Helm of releases and repositories, a shell of paths.',
    message: (p: { field: string; value: string; what: string; example: string }) =>
      `${p.field}: ${quoted(p.value)} is no ${p.what}`,
    help: (p) => `write it like ${quoted(p.example)}`,
  }),
};
