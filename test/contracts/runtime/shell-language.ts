import type { Language, Verb } from '../../../src/runtime/fake/verb.ts';
import { assertNever } from '../../../src/model/outcome.ts';

/** For any POSIX shell with `seq`, `cat` and a `sleep` that accepts fractions: BusyBox, dash with coreutils. */
export const shellLanguage: Language = { interpreter: 'sh', text: (verbs) => verbs.map(toShell).join('\n') };

function toShell(verb: Verb): string {
  switch (verb.do) {
    case 'print':
      return `printf '${octal(verb.base64)}'${into(verb.to)}`;
    case 'count':
      return `seq 1 ${verb.last}${into(verb.to)}`;
    case 'printVariable':
      return `printf '%s\\n' "$${verb.name}"`;
    case 'printFile':
      return `cat ${quoted(verb.path)} || exit 1`;
    case 'writeFile':
      return `printf '${octal(verb.base64)}' > ${quoted(verb.path)}`;
    case 'copyInput':
      return 'cat';
    case 'await':
      return `while [ ! -e ${quoted(verb.path)} ]; do sleep 0.02; done`;
    case 'take':
      return `while [ ! -e ${quoted(verb.path)} ]; do sleep 0.02; done; rm ${quoted(verb.path)}`;
    case 'exitOnTerm':
      return `trap 'exit ${verb.code}' TERM`;
    case 'ignoreTerm':
      return `trap '' TERM`;
    case 'leaveProcess':
      return 'sleep 1000 &';
    case 'killSelf':
      return 'kill -KILL $$';
    case 'hang':
      // Short sleeps: a shell runs a trap only after the current command has ended.
      return 'while :; do sleep 0.05; done';
    case 'exit':
      return `exit ${verb.code}`;
    default:
      return assertNever(verb);
  }
}

const into = (stream: 'stdout' | 'stderr') => (stream === 'stderr' ? ' >&2' : '');

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Escapes every byte, so that no shell, locale or engine changes one. */
function octal(base64: string): string {
  return [...Buffer.from(base64, 'base64')].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
