import { code } from '../../diagnostics/code-entry.ts';
import { quoted } from '../../util/visible.ts';

/** Values of single fields of a pipeline. */
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
};
