import { problemsOf } from '../../diagnostics/problem.ts';
import { code, didYouMean } from '../../diagnostics/code-entry.ts';
import { oneOf, quoted } from '../../util/visible.ts';

/** The secrets of a run: passwords, and what cannot be restored without them. */
export const secretCodes = {
  W036: code({
    severity: 'error',
    title: 'Missing password',
    explanation:
      'A step uses an input of type `password` that has no default, and no value was given. Slipway asks for it ' +
      'only on a terminal. Slipway never stores passwords, so `slipway resume` needs them again.',
    message: (p: { name: string; variable: string }) => `no value was given for the password ${quoted(p.name)}`,
    help: (p) => `set the environment variable ${p.variable}, or pass --input ${p.name}=@FILE`,
  }),
  W043: code({
    severity: 'warning',
    title: 'Secret on the command line',
    explanation:
      'Other users of the machine can read the arguments of a process. The shell also keeps them in its history.',
    message: (p: { name: string; variable: string }) =>
      `the password ${quoted(p.name)} was passed as an argument, where other users can read it`,
    help: (p) => `pass --input ${p.name}=@FILE, set the environment variable ${p.variable}, or type it at the prompt`,
  }),
  W044: code({
    severity: 'warning',
    title: 'Secret too short to mask',
    explanation:
      'A secret of fewer than 4 characters occurs in much of the output. Masking hides harmless text, and the ' +
      'masked places reveal the secret.',
    message: (p: { name: string }) =>
      `${quoted(p.name)} has fewer than 4 characters: Slipway masks it in the output, but it is easy to guess`,
  }),
  W046: code({
    severity: 'error',
    title: 'Step that cannot be restored',
    explanation:
      'Slipway never stores secrets. The log has a reference in place of each secret, and `resume` and `rerun` ' +
      'substitute the secret again. They reject a step if they cannot restore its exact text. There are three ' +
      'causes. The text contains an operator secret that has changed since. The text contains a secret in a ' +
      'form that Slipway can mask but not restore, for example with only some characters encoded. An older ' +
      'version of Slipway wrote the log and stored the text masked.',
    message: (p: { step: string; field: string; secret?: string }) => {
      const changed = `it contains the secret ${quoted(p.secret ?? '')}, which has changed since the run started`;
      const why = p.secret === undefined ? 'the log contains only the masked text' : changed;
      return `cannot restore ${p.field} of step ${quoted(p.step)}: ${why}`;
    },
    help: () => 'start a new run with `slipway run`',
  }),
  W048: code({
    severity: 'error',
    title: 'Password changed',
    explanation:
      'Slipway stores only a salted hash of each secret. A resumed run needs the same secrets as before, ' +
      'because its finished steps used them.',
    message: (p: { name: string; variable: string }) =>
      `the password ${quoted(p.name)} differs from the one that the run started with`,
    help: (p) => `pass the original with --input ${p.name}=@FILE or ${p.variable}, or start a new run`,
  }),
  W055: code({
    severity: 'error',
    title: 'Input that an earlier run does not take',
    explanation:
      '`resume` and `rerun` use the variables of the earlier run, so other inputs keep their values. Only its ' +
      'passwords must be given again, because Slipway does not store them.',
    message: (p: { name: string; kept: boolean; passwords: readonly string[] }) =>
      p.kept
        ? `${quoted(p.name)} is not a password: it keeps the value that the run started with`
        : `the run has no password ${quoted(p.name)}${didYouMean(p.name, p.passwords)}`,
    help: (p) => {
      const passwords =
        p.passwords.length === 0 ? 'the run has no passwords' : `passwords of the run: ${oneOf(p.passwords)}`;
      return p.kept ? `${passwords}; for another value, start a new run with \`slipway run\`` : passwords;
    },
  }),
};

/** Returns the diagnostic of a code of `secretCodes`. */
export const problem = problemsOf(secretCodes);
