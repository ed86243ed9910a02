import { code } from '../code-entry.ts';
import { quoted } from '../../util/visible.ts';

/** Values of the right type that are invalid. */
export const valueCodes = {
  W023: code({
    severity: 'error',
    title: 'Unsupported operating system',
    explanation:
      'Steps run in Linux containers. Windows containers are not supported. Earlier tools accepted them, but ' +
      'they never worked.',
    message: (p: { os: string }) => `unsupported operating system ${quoted(p.os)}: steps run only on \`linux\``,
    help: () => 'remove `os`',
  }),
  W024: code({
    severity: 'error',
    title: 'Invalid duration',
    explanation:
      'A duration is a number with a unit: `500ms`, `30s`, `10m` or `2h`. It must be greater than 0 and at most ' +
      '`500h`.',
    message: (p: { field: string; written: string; why: string }) => `${p.field}: ${quoted(p.written)} ${p.why}`,
    help: () => 'write a number with a unit: `500ms`, `30s`, `10m`, `2h`',
  }),
  W025: code({
    severity: 'error',
    title: 'Invalid size',
    explanation:
      'A size is a number with a unit. `512Mi` and `1Gi` are powers of 1024, `500M` and `2G` are powers of ' +
      '1000. Memory must be at least `6Mi`, because no container engine starts a container with less.',
    message: (p: { field: string; written: string; why: string }) => `${p.field}: ${quoted(p.written)} ${p.why}`,
    help: () => 'write a number with a unit: `512Mi`, `1Gi`, `500M`',
  }),
  W026: code({
    severity: 'error',
    title: 'Number out of range',
    explanation: 'The number is outside the range that the field allows.',
    message: (p: { field: string; written: string; from: number; to: number }) =>
      `${p.field} must be from ${p.from} to ${p.to}, but is ${p.written}`,
  }),
  W027: code({
    severity: 'error',
    title: 'Path outside the workspace',
    explanation:
      'Paths of files, folders, artifacts and caches are relative to the root of the workspace. They must not ' +
      'be absolute, contain `..` or start with `~`.',
    message: (p: { field: string; path: string }) => `${p.field}: ${quoted(p.path)} is outside the workspace`,
    help: () => 'write a path relative to the root of the workspace, such as `dist/app`',
  }),
  W028: code({
    severity: 'error',
    title: 'Path that cannot be cached',
    explanation: 'A cache is one file or folder. Its path has no wildcards, and it is not the workspace itself.',
    message: (p: { path: string; why: string }) => `\`cache\`: ${quoted(p.path)} ${p.why}`,
    help: () => 'write one file or folder, such as `.npm`',
  }),
  W029: code({
    severity: 'error',
    title: 'Forbidden character',
    explanation:
      'Linux passes arguments and environment variables as NUL-terminated strings, so they cannot contain a NUL ' +
      'character. The name of an environment variable cannot contain `=`.',
    message: (p: { field: string; character: 'NUL' | '=' }) =>
      `${p.field} must not contain ${p.character === 'NUL' ? 'a NUL character' : '`=`'}`,
  }),
};
