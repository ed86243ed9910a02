/** The file of `build --file-output`, from which other commands take the built images. */
import { stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SkaffoldBuilds } from '../events/build-results.ts';
import type { StoredEvent } from '../events/event.ts';
import { reasonOf, toFileError } from '../util/file-error.ts';
import { quoted } from '../util/visible.ts';
import type { Reporter } from './reporter.ts';
import { UsageError } from './usage-error.ts';

const hints = (flag: string) => [`choose another file with ${flag}`];

/** Reports a file that cannot be written before anything is built. @param flag that names the file */
export async function checkOutput(path: string, flag = '--file-output'): Promise<void> {
  const help = hints(flag);
  const reason = async (of: string) => await stat(of).then(undefined, (error: Error) => error);
  const [folder, file] = [await reason(dirname(path)), await reason(path)];
  if (folder instanceof Error) throw new UsageError(`cannot write ${quoted(path)}: ${reasonOf(folder)}`, help);
  if (!folder.isDirectory()) throw new UsageError(`cannot write ${quoted(path)}: its folder is a file`, help);
  if (!(file instanceof Error) && file.isDirectory())
    throw new UsageError(`cannot write ${quoted(path)}: it is a folder`, help);
}

/** Writes the images of a build that succeeded. Images of a failed one are not a set that belongs together. */
export async function writeBuilds(path: string, builds: SkaffoldBuilds): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(builds)}\n`);
  } catch (error) {
    const refused = toFileError(error);
    if (refused === undefined) throw error;
    throw new UsageError(refused.message, hints('--file-output'));
  }
}

/** Returns a reporter that also hands each event to a fold. */
export function folding(apply: (event: StoredEvent) => void, inner: Reporter): Reporter {
  return {
    async event(event) {
      apply(event);
      await inner.event(event);
    },
    notice: async (text) => await inner.notice(text),
    ...(inner.watch && { watch: inner.watch.bind(inner) }),
    ...(inner.hold && { hold: inner.hold.bind(inner) }),
    end: async () => await inner.end(),
  };
}
