import { quoted } from '../../util/visible.ts';
import type { TarHeader } from '../../tar/tar-header.ts';
import { checkText } from './check-command.ts';
import { goFileMode } from './go-file-mode.ts';
import type { ExecutableBy, FileContentTest, FileExistenceTest } from './structure-tests.ts';

/** The facts of a file that tests look at. A link is not followed. */
export type FileFacts = Pick<TarHeader, 'type' | 'mode' | 'uid' | 'gid'>;

const executableBits: Readonly<Record<ExecutableBy, number>> = { owner: 0o100, group: 0o010, other: 0o001, any: 0o111 };

/** Returns what is wrong with a file: one sentence each, none if the test passed. @param file absent: it does not exist */
export function checkExistence(test: FileExistenceTest, file: FileFacts | undefined): readonly string[] {
  const path = quoted(test.path);
  if (!file) return test.shouldExist ? [`${path} does not exist`] : [];
  if (!test.shouldExist) return [`${path} exists, but must not`];
  const { permissions, uid, gid, isExecutableBy } = test;
  const mode = goFileMode(file);
  return [
    ...(permissions === undefined || permissions === mode
      ? []
      : [`${path} has the permissions ${mode}, expected ${permissions}`]),
    ...(uid === undefined || uid === file.uid ? [] : [`${path} belongs to the user ${file.uid}, expected ${uid}`]),
    ...(gid === undefined || gid === file.gid ? [] : [`${path} belongs to the group ${file.gid}, expected ${gid}`]),
    ...(isExecutableBy === undefined || file.mode & executableBits[isExecutableBy]
      ? []
      : [`${path} is not executable by ${isExecutableBy}: ${mode}`]),
  ];
}

/** What a path of an image holds. */
export type FileContent =
  | { readonly kind: 'file'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'folder' }
  /** A sentence. */
  | { readonly kind: 'unreadable'; readonly why: string };

/** Returns what is wrong with the content of a file: one sentence each, none if the test passed. Throws the signal's reason. */
export async function checkContents(
  test: FileContentTest,
  content: FileContent,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const path = quoted(test.path);
  switch (content.kind) {
    case 'missing':
      return [`${path} does not exist`];
    case 'folder':
      return [`${path} is a folder, not a file`];
    case 'unreadable':
      return [`${path}: ${content.why}`];
    case 'file':
      return await checkText(path, content.text, test.expectedContents, test.excludedContents, signal);
  }
}
