/** Shells and inits of containers say 128 and the signal's number; these are the ones that anybody sends. */
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

/** The signal that an exit code tells of; `undefined` where it is a code of the program's own. */
export function signalOf(code: number): string | undefined {
  return signals[code - 128];
}
