import { expect, it } from 'vitest';
import { readYaml } from '../../diagnostics/yaml/read-yaml.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { writtenPasswords } from './written-passwords.ts';

function found(text: string) {
  const source = new SourceText('x', text);
  return writtenPasswords(
    source,
    readYaml(source, () => undefined),
  );
}

it('finds the defaults of passwords, whatever else is wrong', () => {
  expect(
    found(
      'inputs:\n  - {name: a, type: password, default: "hun\\x74er2"}\n  - {name: b, type: string, default: x}\n  - {type: password, default: z, wrong: 1}\n  - {name: c, type: password}\n',
    ),
  ).toEqual([
    { name: 'a', value: 'hunter2', written: '"hun\\x74er2"' },
    { name: '', value: 'z', written: 'z' },
    { name: 'c' },
  ]);
  expect(found('inputs: {a: [1], type: password}')).toEqual([]);
  expect(found('a: {default: x}')).toEqual([]);
});

it('takes what could be one in a file that is no YAML for one', () => {
  const values = (text: string) => found(text).map(({ value }) => value);
  expect(
    values(
      'inputs:\n  - name: a\n    type: password\n    default: hunter2 # mine\n  bad\n - {default: "other", <<: *password}\n',
    ),
  ).toEqual(['hunter2', 'other']);
  expect(values('inputs: [{default: a, type: choice}, {type: password, default: b}]\n}')).toEqual(['a', 'b']);
  expect(values('inputs:\n  - type: password\n    default: a, b}\n}')).toEqual(['a, b}']);
  expect(values('inputs:\n  - default: hunter2\n    type: password\n- type: choice\n  default: a\n}')).toEqual([
    'hunter2',
  ]);
});
