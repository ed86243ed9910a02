import { expect, it } from 'vitest';
import { verbosityLevels } from './verbosity-levels.ts';

it.each([
  [['build', '-vdebug'], ['-vdebug: -v has no levels']],
  [
    ['build', '-v=info', '-vwarn'],
    ['-v=info: -v has no levels', '-vwarn: -v has no levels'],
  ],
  [['build', '-v', '-vq', '-vd', 'ebug', '--verbose'], []],
  [['run', '--', '-vdebug'], []],
])('%j', (argv, expected) => expect(verbosityLevels(argv).map(({ message }) => message)).toEqual(expected));
