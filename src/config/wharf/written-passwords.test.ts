import { expect, it } from 'vitest';
import { SourceText } from '../../diagnostics/source-text.ts';
import { writtenPasswords } from './written-passwords.ts';

const found = (text: string) => writtenPasswords(new SourceText('x', text));

it('finds the defaults of passwords, whatever else is wrong', () => {
  expect(found('inputs:\n  - {name: a, type: password, default: "hun\\x74er2"}\n  - {name: b, type: string, default: x}\n  - {type: password, default: z, wrong: 1}\n  - {name: c, type: password}\n')).toEqual([
    { name: 'a', value: 'hunter2', written: '"hun\\x74er2"' },
    { name: '', value: 'z', written: 'z' },
    { name: 'c' },
  ]);
  expect(found('inputs: {a: [1], type: password}')).toEqual([]);
  expect(found('a: {default: x}')).toEqual([]);
});

it('takes every default of a file that is no YAML for one', () => {
  expect(found('inputs:\n  - name: a\n    type: password\n    default: hunter2 # mine\n  bad\n - {default: "other", x: 1}\n').map(({ value }) => value)).toEqual(['hunter2', 'other']);
});
