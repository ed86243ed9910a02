import { code, didYouMean } from '../../diagnostics/code-entry.ts';
import { oneOf, quoted } from '../../util/visible.ts';

/** Dockerfiles. Their builds would fail with the same mistakes, one at a time. */
export const dockerfileCodes = {
  D001: code({
    severity: 'error',
    title: 'Dockerfile without a stage',
    explanation:
      'A Dockerfile builds nothing without a `FROM` instruction. To start from nothing, write `FROM scratch`.',
    message: () => 'the Dockerfile has no `FROM` instruction',
    help: () => 'add `FROM IMAGE`, or `FROM scratch` for an empty image',
  }),
  D002: code({
    severity: 'error',
    title: 'Unknown instruction',
    explanation:
      'Each line starts with an instruction, such as `RUN`, or continues the line before. A line continues if the ' +
      'line before ends with the escape character, a backslash by default.',
    message: (p: { keyword: string; known: readonly string[] }) =>
      `unknown instruction ${quoted(p.keyword)}${didYouMean(p.keyword, p.known)}`,
  }),
  D003: code({
    severity: 'error',
    title: 'Unknown flag',
    explanation:
      'Words with two dashes before the arguments of an instruction are flags, and each instruction has its own. ' +
      'To pass such a word to a program, use the JSON form: `CMD ["--help"]`.',
    message: (p: { flag: string; keyword: string; known: readonly string[] }) =>
      `${p.keyword} has no flag ${quoted(p.flag)}${didYouMean(p.flag, p.known)}`,
    help: (p) => (p.known.length === 0 ? 'remove it, or use the JSON form' : `flags: ${oneOf(p.known)}`),
  }),
  D004: code({
    severity: 'error',
    title: 'Invalid flag',
    explanation:
      'Flags have the form `--name=value`. Flags without a value are on or off: `--link` or `--link=false`. Except for ' +
      '`--exclude` and `--mount`, each flag may occur once.',
    message: (p: { flag: string; reason: 'twice' | 'no-value' | 'no-boolean' | 'value'; value?: string }) => {
      if (p.reason === 'twice') return `the flag ${quoted(p.flag)} is given twice`;
      if (p.reason === 'no-value') return `the flag ${quoted(p.flag)} has no value`;
      return `invalid value ${quoted(p.value ?? '')} of the flag ${quoted(p.flag)}`;
    },
    help: (p) => (p.reason === 'no-boolean' ? 'write `true` or `false`' : undefined),
  }),
  D005: code({
    severity: 'error',
    title: 'Wrong number of arguments',
    explanation:
      'Instructions need a certain number of arguments: `COPY` at least a source and a destination, `WORKDIR` one ' +
      'path, `FROM` an image, or an image and the name of the stage: `FROM IMAGE AS NAME`.',
    message: (p: { keyword: string; wanted: string }) => `${p.keyword} needs ${p.wanted}`,
  }),
  D006: code({
    severity: 'error',
    title: 'Invalid parser directive',
    explanation:
      'Comments `# escape=…`, `# syntax=…` and `# check=…` at the top of the file are parser directives. Each may occur ' +
      'once. The escape character is a backslash or a backtick.',
    message: (p: { directive: string; value?: string }) =>
      p.value === undefined
        ? `the parser directive ${quoted(p.directive)} is given twice`
        : `invalid escape character ${quoted(p.value)}`,
    help: (p) => (p.value === undefined ? 'remove one of them' : 'write `\\` or a backtick'),
  }),
  D007: code({
    severity: 'error',
    title: 'Here-document without an end',
    explanation: 'A here-document `<<EOF` ends at a line with its name alone. Only `<<-EOF` allows tabs before it.',
    message: (p: { name: string }) => `the here-document ${quoted(p.name)} has no end`,
    help: (p) => `add a line with ${quoted(p.name)} alone`,
  }),
  D008: code({
    severity: 'error',
    title: 'Here-document as a destination',
    explanation: 'The last argument of `COPY` and `ADD` is a path in the image. Here-documents are sources.',
    message: (p: { keyword: string }) => `${p.keyword} cannot write to a here-document`,
  }),
  D009: code({
    severity: 'error',
    title: 'Instruction before the first stage',
    explanation: 'Before the first `FROM`, only `ARG` is allowed. It declares variables for `FROM` instructions.',
    message: (p: { keyword: string }) => `${p.keyword} before the first \`FROM\``,
    help: (p) => `move ${p.keyword} below a \`FROM\``,
  }),
  D010: code({
    severity: 'error',
    title: 'Invalid name of a stage',
    explanation: 'The name of a stage starts with a letter. Letters, digits, `-`, `_` and `.` may follow.',
    message: (p: { name: string }) => `invalid name of a stage: ${quoted(p.name)}`,
  }),
  D011: code({
    severity: 'error',
    title: 'Invalid JSON form',
    explanation:
      'The JSON form of an instruction is an array of strings: `CMD ["app", "--port", "80"]`. `SHELL` has no other form.',
    message: (p: { keyword: string }) => `${p.keyword} needs a JSON array of strings`,
    help: () => 'put each argument in double quotes',
  }),
  D012: code({
    severity: 'error',
    title: 'Invalid variable or label',
    explanation: '`ENV` and `LABEL` take `name=value` pairs, `ARG` also names alone. A name cannot be empty.',
    message: (p: { keyword: string; word: string }) =>
      `${p.keyword}: ${quoted(p.word)} is not of the form \`name=value\``,
    help: () => 'quote values with blanks',
  }),
  D013: code({
    severity: 'error',
    title: 'Invalid trigger',
    explanation: '`ONBUILD` takes an instruction, but not `FROM`, `MAINTAINER` or another `ONBUILD`.',
    message: (p: { keyword: string }) => `ONBUILD cannot run ${p.keyword}`,
  }),
  D014: code({
    severity: 'error',
    title: 'Invalid substitution',
    explanation:
      'A variable is written `$name`, `${name}` or with a modifier: `${name:-default}`, `${name:+text}`, ' +
      '`${name:?message}`, `${name#start}`, `${name%end}`, `${name/text/other}`. Quotes must be closed. To write a ' +
      '`$` or a quote, put the escape character before it.',
    message: (p: { text: string; mistake: string }) => `cannot expand ${quoted(p.text)}: ${p.mistake}`,
  }),
  D015: code({
    severity: 'error',
    title: 'Stage not available',
    explanation: 'A stage can copy and mount files of earlier stages only. The number of the first stage is 0.',
    message: (p: { from: string; reason: 'later' | 'itself' | 'number' }) => {
      if (p.reason === 'number') return `there is no stage number ${quoted(p.from)}`;
      if (p.reason === 'itself') return `a stage cannot copy from itself: ${quoted(p.from)}`;
      return `stage ${quoted(p.from)} is defined later`;
    },
    help: (p) => (p.reason === 'later' ? `move stage ${quoted(p.from)} up` : undefined),
  }),
  D016: code({
    severity: 'error',
    title: 'Variable in a reference to a stage',
    explanation:
      'Builders do not expand variables in `COPY --from` and in `from=` of mounts. Name a stage instead: ' +
      '`FROM ${IMAGE} AS tools`, then `COPY --from=tools`.',
    message: (p: { from: string }) => `variables are not expanded in \`from\`: ${quoted(p.from)}`,
    help: () => 'add a stage with that image, and use its name',
  }),
  D017: code({
    severity: 'error',
    title: 'Invalid mount',
    explanation:
      '`RUN --mount` takes options separated by commas: `type=bind|cache|tmpfs|secret|ssh`, `target=…`, `source=…`, ' +
      '`from=…`, `id=…`, `ro`, `rw`, `required`, `sharing=…`, `mode=…`, `uid=…`, `gid=…`, `size=…`, `env=…`.',
    message: (p: { option: string; known?: readonly string[] }) =>
      `invalid option ${quoted(p.option)} of a mount${p.known === undefined ? '' : didYouMean(p.option, p.known)}`,
  }),
  D018: code({
    severity: 'error',
    title: 'Base image without a name',
    explanation:
      'The image of `FROM` is empty, because a variable in it has no value. Only `ARG` instructions before the first ' +
      '`FROM` count here. Give a default, `ARG NAME=value`, or pass the build argument.',
    message: (p: { base: string; unset: readonly string[] }) =>
      `the base image ${quoted(p.base)} is empty${p.unset.length === 0 ? '' : `: ${oneOf(p.unset)} has no value`}`,
    help: () => 'give the `ARG` a default before the first `FROM`',
  }),
  D019: code({
    severity: 'error',
    title: 'Unknown target',
    explanation: 'The target of a build is the name of a stage in its Dockerfile: `FROM IMAGE AS NAME`.',
    message: (p: { target: string; known: readonly string[] }) =>
      `the Dockerfile has no stage ${quoted(p.target)}${didYouMean(p.target, p.known)}`,
    help: (p) => (p.known.length === 0 ? 'the stages of this Dockerfile have no names' : `stages: ${oneOf(p.known)}`),
  }),
  D020: code({
    severity: 'error',
    title: 'Remote source of COPY',
    explanation: 'Only `ADD` fetches URLs and Git repositories. `COPY` takes files of the build context or of stages.',
    message: (p: { source: string }) => `COPY cannot fetch ${quoted(p.source)}`,
    help: () => 'use ADD',
  }),
  D021: code({
    severity: 'error',
    title: 'Line too long',
    explanation: 'BuildKit reads no lines of 64 KiB or more. Continue long instructions on the next line.',
    message: (p: { bytes: number }) => `the line has ${p.bytes} bytes, and BuildKit reads at most 65535`,
  }),
  D022: code({
    severity: 'error',
    title: 'Invalid health check',
    explanation: 'Write `HEALTHCHECK NONE` or `HEALTHCHECK CMD …`, with flags before `CMD`.',
    message: (p: { type: string }) => `invalid health check ${quoted(p.type)}`,
    help: () => 'write `HEALTHCHECK CMD COMMAND` or `HEALTHCHECK NONE`',
  }),
  D023: code({
    severity: 'error',
    title: 'Invalid name of an image',
    explanation:
      'An image is named `REGISTRY/PATH:TAG` or `REGISTRY/PATH@DIGEST`, and its path has lower case letters only. `FROM` ' +
      'compares the names of earlier stages as they are written, and BuildKit keeps those in lower case.',
    message: (p: { name: string; stage: string | undefined }) => `invalid name of an image: ${quoted(p.name)}`,
    help: (p) => (p.stage === undefined ? undefined : `to start from that stage, write ${quoted(p.stage)}`),
  }),
  D024: code({
    severity: 'error',
    title: 'Invalid pattern of an ignore file',
    explanation:
      'Each line of `.dockerignore`, or of the file `DOCKERFILE.dockerignore` that replaces it, is one pattern: `*`, ' +
      '`**`, `?`, `[a-z]`, with `!` before it for an exception. A backslash makes the next character plain.',
    message: (p: { detail: string }) => p.detail,
  }),
};
