import { Option, type Command } from 'commander';
import { visible } from '../../util/visible.ts';
import { candidatesFor, type Candidate } from '../completion/candidates.ts';
import type { Shell } from '../completion/scripts.ts';
import { quotedForBash, readShellWord } from '../completion/shell-words.ts';
import type { Invocation } from '../invocation.ts';

interface CompleteFlags {
  /** The shell whose quoting the words use. */
  readonly shell: Shell;
  /** bash only: the suffix of the last word that bash replaces with the candidate. */
  readonly replaces?: string;
}

export function define(command: Command, invocation: Invocation): void {
  command
    .argument('[words...]')
    .addOption(new Option('--shell <shell>').choices(['bash', 'zsh', 'fish']).default('zsh'))
    .option('--replaces <text>')
    .action(
      invocation.action(async (words: string[], flags: CompleteFlags) => {
        // The user is typing, so every error just means no candidates.
        const candidates = await complete(invocation, words, flags).catch(() => []);
        await invocation.host.stdout.write(
          candidates.map(({ word, meaning }) => `${word}\t${visible(meaning)}\n`).join(''),
        );
        return 0;
      }),
    );
}

async function complete(
  invocation: Invocation,
  raw: readonly string[],
  { shell, replaces }: CompleteFlags,
): Promise<readonly Candidate[]> {
  // fish passes finished words without their quotes.
  const words = raw.map((word, i) => (shell === 'fish' && i < raw.length - 1 ? word : readShellWord(word).text));
  const candidates = (await candidatesFor(invocation, words)).filter(({ word }) => visible(word) === word);
  return shell === 'bash' ? inBash(candidates, raw.at(-1) ?? '', replaces ?? raw.at(-1) ?? '') : candidates;
}

/**
 * Quotes candidates for bash. zsh and fish quote candidates themselves. bash inserts them literally in place of what it
 * considers the word.
 */
function inBash(candidates: readonly Candidate[], raw: string, replaced: string): readonly Candidate[] {
  if (!raw.endsWith(replaced)) return [];
  const kept = readShellWord(raw.slice(0, raw.length - replaced.length));
  return candidates.map(({ word, meaning }) => ({
    word: quotedForBash(word.slice(kept.text.length), kept.quote),
    meaning,
  }));
}
