import type { Interaction } from '../runs/interaction.ts';
import { askForHost } from './ask-for-host.ts';
import { askForSecret } from './ask-for-secret.ts';
import type { Invocation } from './invocation.ts';
import type { Reporter } from './reporter.ts';

/** Asks at the terminal. Without a terminal, and with `--output json`, there are no questions. */
export function terminalInteraction(invocation: Invocation, reporter: Reporter): Interaction {
  const { stdin, stderr } = invocation.host;
  if (!stdin.isTerminal || !stderr.isTerminal || invocation.json) return {};
  return {
    confirmHost: async (connections) => await askForHost(invocation, reporter, connections),
    askSecret: async (name, wrong = false) => await askForSecret(invocation, reporter, name, wrong),
  };
}
