/** Shells and container inits exit with 128 plus the signal's number. These are the common signals. */
const signals: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
};

/** Returns the signal that an exit code stands for; `undefined` if the program chose the code itself. */
export function signalOf(code: number): string | undefined {
  return signals[code - 128];
}
