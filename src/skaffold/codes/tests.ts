import { code, didYouMean } from '../../diagnostics/code-entry.ts';
import { oneOf, quoted } from '../../util/visible.ts';

/** Tests of images, and files of structure tests. */
export const testCodes = {
  S078: code({
    severity: 'error',
    title: 'No test of the given image',
    explanation:
      '`slipway test --images` tests images that exist. Each of them is for the tests of one name in the `test` section. ' +
      'Without `NAME=`, this name is the reference without its tag.',
    message: (p: { image: string; tested: readonly string[] }) =>
      `no test names the given image ${quoted(p.image)}${didYouMean(p.image, p.tested)}`,
    help: (p) =>
      p.tested.length === 0
        ? 'the configuration has no tests'
        : `name it as the tests do: --images NAME=REFERENCE, where NAME is ${oneOf(p.tested)}`,
  }),
  S080: code({
    severity: 'warning',
    title: 'Tested image is not built',
    explanation:
      'A test names the image of an artifact. No artifact of this configuration or of its modules builds the image, so the ' +
      'test does not run. `--images` gives the image of another build.',
    message: (p: { image: string; known: readonly string[] }) =>
      `the tests of ${quoted(p.image)} do not run: no artifact builds it${didYouMean(p.image, p.known)}`,
  }),
  S081: code({
    severity: 'error',
    title: 'No structure test file',
    explanation:
      'Each pattern of `structureTests` names at least one file, relative to the `skaffold.yaml` or to the `context` of the ' +
      'test. A test that finds no file would pass without a word.',
    message: (p: { pattern: string }) => `no file matches ${quoted(p.pattern)}`,
  }),
  S082: code({
    severity: 'warning',
    title: 'Arguments of container-structure-test have no effect',
    explanation:
      'Slipway runs structure tests itself, in the engine that has the image. It does not start ' +
      '`container-structure-test`, so the arguments have no effect.',
    message: () => '`structureTestsArgs` has no effect: Slipway does not start `container-structure-test`',
  }),
  S083: code({
    severity: 'error',
    title: 'Unknown version of structure tests',
    explanation:
      'Each file of structure tests starts with `schemaVersion: 2.0.0`. In files of 1.0.0, `command` was a list. In 2.0.0 it ' +
      'is the program, and `args` has the arguments.',
    message: (p: { written: string | undefined }) =>
      p.written === undefined
        ? '`schemaVersion` is missing'
        : `unknown \`schemaVersion\` ${quoted(p.written)}: Slipway reads 2.0.0`,
    help: (p) =>
      p.written?.startsWith('1.')
        ? 'files of version 1 have other fields: rewrite the tests for 2.0.0'
        : 'write `schemaVersion: 2.0.0`',
  }),
  S084: code({
    severity: 'error',
    title: 'Structure test lacks a field',
    explanation: 'Each test has a `name`. Commands and files that it tests cannot be empty.',
    message: (p: { field: string; where: string }) => `${p.where} needs ${quoted(p.field)}`,
  }),
  S085: code({
    severity: 'error',
    title: 'Invalid regular expression',
    explanation:
      'Expected and excluded texts of structure tests are regular expressions of Go (RE2), which have no lookahead and no ' +
      'back-references.',
    message: (p: { why: string }) => p.why,
  }),
  S086: code({
    severity: 'warning',
    title: 'License tests do not run',
    explanation:
      '`licenseTests` of `container-structure-test` compare the copyright files of an image with a list of licenses that ' +
      'Google allows. Slipway has no such list.',
    message: () => '`licenseTests` do not run',
    help: () => 'test copyright files with `fileContentTests`',
  }),
  S087: code({
    severity: 'error',
    title: 'Container option is not supported',
    explanation:
      'Slipway refuses an option of test containers that it cannot honour, because the tests would have other results.',
    message: (p: { field: string }) => `${quoted(p.field)} of \`containerRunOptions\` is not supported`,
    help: () => 'remove it, or write a `custom` test with `docker run`',
  }),
  S088: code({
    severity: 'warning',
    title: 'No tests',
    explanation:
      '`slipway test` runs the `test` section of the `skaffold.yaml`. There is none for the selected images.',
    message: () => 'there are no tests to run',
  }),
  S089: code({
    severity: 'warning',
    title: 'No image given for a test',
    explanation: 'With `--images` or `--build-artifacts` nothing is built. Only the tests of the given images run.',
    message: (p: { image: string; given: readonly string[] }) =>
      `the tests of ${quoted(p.image)} do not run: no image is given for it${didYouMean(p.image, p.given)}`,
    help: (p) => `give its image: --images ${p.image}=REFERENCE`,
  }),
};
