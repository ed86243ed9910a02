import { failed, succeeded, type Outcome } from '../model/outcome.ts';
import type { Work } from '../model/work.ts';
import { runCommand, type StepCommand } from './run-command.ts';

/** More is no text that a person or a cluster reads. */
const mostBytes = 64 * 2 ** 20;

/**
 * Runs a command and returns what it prints to stdout. What it prints to stderr is output of the step, so a warning never becomes a
 * part of the result. Failures: as `runCommand`, and `unsupported` for more than 64 MiB or a text that is not UTF-8.
 */
export async function captureCommand(command: StepCommand, work: Work): Promise<Outcome<string>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const { output } = work;
  const ended = await runCommand(command, {
    ...work,
    output: {
      write(stream, bytes, cursor) {
        if (stream !== 'stdout') return output.write(stream, bytes, cursor);
        length += bytes.length;
        if (length <= mostBytes) parts.push(bytes);
      },
      lost: (stream, detail, cursor) => output.lost(stream, detail, cursor),
      observe: (fact) => output.observe(fact),
    },
  });
  if (ended.status !== 'succeeded') return ended;
  const unsupported = (what: string) => failed({ code: 'unsupported', detail: `${command.argv[0]} printed ${what}` });
  if (length > mostBytes) return unsupported('more than 64 MiB');
  try {
    return succeeded(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts)));
  } catch {
    return unsupported('a text that is not UTF-8');
  }
}
