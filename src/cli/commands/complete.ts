import type { Command } from 'commander';
import { candidatesFor } from '../completion/candidates.ts';
import type { Invocation } from '../invocation.ts';

export function define(command: Command, invocation: Invocation): void {
  command.argument('[words...]').action(
    invocation.action(async (words: string[]) => {
      // Somebody is in the middle of typing: whatever goes wrong, there are just no candidates.
      const candidates = await candidatesFor(invocation, words).catch(() => []);
      await invocation.host.stdout.write(candidates.map(({ word, meaning }) => `${word}\t${meaning}\n`).join(''));
      return 0;
    }),
  );
}
