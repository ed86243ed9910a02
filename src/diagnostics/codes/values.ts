import { code } from '../code-entry.ts';
import { quoted } from '../../util/visible.ts';

/** Values of the right type that cannot be meant. */
export const valueCodes = {
  W023: code({
    severity: 'error',
    title: 'Operating system other than Linux',
    explanation:
      'Steps run in Linux containers. Windows containers were accepted by earlier tools and never worked there.',
    message: (p: { os: string }) => `containers of ${quoted(p.os)} cannot be run, only those of \`linux\``,
    help: () => 'remove `os`',
  }),
  W024: code({
    severity: 'error',
    title: 'Not a duration',
    explanation: 'A duration is a number with a unit: `500ms`, `30s`, `10m` or `2h`; more than 0 and at most `500h`.',
    message: (p: { field: string; written: string; why: string }) => `${p.field}: ${quoted(p.written)} ${p.why}`,
    help: () => 'write a number with a unit: `500ms`, `30s`, `10m`, `2h`',
  }),
  W025: code({
    severity: 'error',
    title: 'Not a size',
    explanation:
      'A size is a number with a unit: `512Mi` and `1Gi` count in 1024s, `500M` and `2G` in 1000s. Memory below `6Mi` is refused, since no container engine starts a container with less.',
    message: (p: { field: string; written: string; why: string }) => `${p.field}: ${quoted(p.written)} ${p.why}`,
    help: () => 'write a number with a unit: `512Mi`, `1Gi`, `500M`',
  }),
  W026: code({
    severity: 'error',
    title: 'Number out of range',
    explanation: 'The number is below or above what makes sense for the field.',
    message: (p: { field: string; written: string; from: number; to: number }) =>
      `${p.field} must be from ${p.from} to ${p.to}, but is ${p.written}`,
  }),
  W027: code({
    severity: 'error',
    title: 'Path outside of the workspace',
    explanation:
      'Files, folders, artifacts and caches are named from the root of the workspace and stay inside it: no absolute paths, no `..`, no `~`.',
    message: (p: { field: string; path: string }) => `${p.field}: ${quoted(p.path)} leads out of the workspace`,
    help: () => 'name it from the root of the workspace, such as `dist/app`',
  }),
  W028: code({
    severity: 'error',
    title: 'Not a path that can be cached',
    explanation: 'A cache is one file or folder, named without wildcards and smaller than the workspace itself.',
    message: (p: { path: string; why: string }) => `\`cache\`: ${quoted(p.path)} ${p.why}`,
    help: () => 'name one file or folder, such as `.npm`',
  }),
  W029: code({
    severity: 'error',
    title: 'Character that cannot be used',
    explanation:
      'A NUL character ends a text for every program that is started, and `=` ends the name of an environment variable: neither can be handed on.',
    message: (p: { field: string; character: 'NUL' | '=' }) =>
      `${p.field} must not contain ${p.character === 'NUL' ? 'a NUL character' : '`=`'}`,
  }),
};
