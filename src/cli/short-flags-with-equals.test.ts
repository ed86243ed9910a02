import { expect, it } from 'vitest';
import { FakeHost } from '../../test/rigs/fake-host.ts';
import { commandTable } from './command-table.ts';
import { Invocation } from './invocation.ts';
import { makeProgram, type Program } from './program.ts';
import { takesValue } from './read-command-line.ts';
import { withoutShortEquals } from './short-flags-with-equals.ts';

function program(): Program {
  const made: Program = makeProgram({ stdout: () => {}, stderr: () => {} }, () => invocation);
  const services = async () => await Promise.reject(new Error('no services'));
  const invocation: Invocation = new Invocation(new FakeHost([]), '1', services, made.globals, () => made);
  return made;
}

it.each(commandTable.map(({ name }) => name))('%s: only flags that take a value lose the sign', async (name) => {
  const made = program();
  const command = made.root.commands.find((one) => one.name() === name);
  if (command === undefined) throw new Error(`${name} is in the table but no command`);
  await made.define(command);
  for (const option of command.options.filter(({ short }) => short !== undefined)) {
    const rewritten = await withoutShortEquals(program(), [name, `${option.short}=a=b`]);
    expect([option.long, ...rewritten]).toEqual([
      ...[option.long, name],
      takesValue(option) ? `${option.short}a=b` : `${option.short}=a=b`,
    ]);
  }
});

it.each([
  [['build', '-n=default']],
  [['deploy', '--', '-n=team']],
  [['deploy', '-n=']],
  [['deploy', '-i', '=app:1']],
  [['nothing', '-n=team']],
])('%j stays', async (words) => expect(await withoutShortEquals(program(), words)).toEqual(words));
