import { code } from '../code-entry.ts';
import { quoted } from '../../util/visible.ts';

/** Values of the right type that are invalid. */
export const valueCodes = {
  W024: code({
    severity: 'error',
    title: 'Invalid duration',
    explanation:
      'A duration is a number with a unit: `500ms`, `30s`, `10m` or `2h`. It must be greater than 0 and at most ' +
      '`500h`.',
    message: (p: { field: string; written: string; why: string }) => `${p.field}: ${quoted(p.written)} ${p.why}`,
    help: () => 'write a number with a unit: `500ms`, `30s`, `10m`, `2h`',
  }),
  W025: code({
    severity: 'error',
    title: 'Invalid size',
    explanation:
      'A size is a number with a unit. `512Mi` and `1Gi` are powers of 1024, `500M` and `2G` are powers of ' +
      '1000. Memory must be at least `6Mi`, because no container engine starts a container with less.',
    message: (p: { field: string; written: string; why: string }) => `${p.field}: ${quoted(p.written)} ${p.why}`,
    help: () => 'write a number with a unit: `512Mi`, `1Gi`, `500M`',
  }),
  W026: code({
    severity: 'error',
    title: 'Number out of range',
    explanation: 'The number is outside the range that the field allows.',
    message: (p: { field: string; written: string; from: number; to: number }) =>
      `${p.field} must be from ${p.from} to ${p.to}, but is ${p.written}`,
  }),
  W029: code({
    severity: 'error',
    title: 'Forbidden character',
    explanation:
      'Linux passes arguments and environment variables as NUL-terminated strings, so they cannot contain a NUL ' +
      'character. The name of an environment variable cannot contain `=`.',
    message: (p: { field: string; character: 'NUL' | '=' }) =>
      `${p.field} must not contain ${p.character === 'NUL' ? 'a NUL character' : '`=`'}`,
  }),
  W030: code({
    severity: 'error',
    title: 'Variable in a field without variables',
    explanation:
      'Variables work in the fields of step types and in the values of `env`. They do not work in this field, ' +
      "in names, or in the operator's file.",
    message: (p: { field: string; text: string }) => `${p.field} does not support variables, but is ${quoted(p.text)}`,
  }),
  W077: code({
    severity: 'error',
    title: 'Invalid value',
    explanation:
      'The tool that reads this value would reject it: Kubernetes for namespaces, Helm for releases and ' +
      'repositories, a shell for paths.',
    message: (p: { field: string; value: string; what: string; example: string }) =>
      `${p.field}: ${quoted(p.value)} is not a valid ${p.what}`,
    help: (p) => `write it like ${quoted(p.example)}`,
  }),
};
