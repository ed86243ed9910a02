import { Argument, type Command } from 'commander';
import type { Invocation } from '../invocation.ts';
import { completionScripts, type Shell } from '../completion/scripts.ts';

export function define(command: Command, invocation: Invocation): void {
  command
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(Object.keys(completionScripts)))
    .addHelpText(
      'after',
      `
Put one of these where your shell reads it at its start:
  bash   source <(slipway completion bash)     in ~/.bashrc
  zsh    source <(slipway completion zsh)      in ~/.zshrc, after compinit
  fish   slipway completion fish | source      in ~/.config/fish/config.fish`,
    )
    .action(
      invocation.action(async (shell: Shell) => {
        await invocation.host.stdout.write(completionScripts[shell]);
        return 0;
      }),
    );
}
