import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { FakeHost } from '../../test/rigs/fake-host.ts';
import { commandTable } from './command-table.ts';
import { eventTypes } from '../events/event-types.ts';
import { Invocation } from './invocation.ts';
import { makeProgram, type Program } from './program.ts';

const page = await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8');

function program(): Program {
  const made: Program = makeProgram({ stdout: () => {}, stderr: () => {} }, () => invocationOf(made));
  return made;
}

function invocationOf(made: Program): Invocation {
  const services = async () => await Promise.reject(new Error('no services'));
  return new Invocation(new FakeHost([]), '1', services, made.globals, () => made);
}

describe('docs/cli.md', () => {
  it.each(commandTable.filter((entry) => entry.hidden === undefined).map(({ name }) => name))(
    'describes %s with all its flags',
    async (name) => {
      const made = program();
      const command = made.root.commands.find((one) => one.name() === name);
      if (command === undefined) throw new Error(`${name} is in the table but no command`);
      await made.define(command);
      const section = new RegExp(`\n## ${name}\n[^]*?(?=\n## |$)`).exec(page)?.[0] ?? '';
      expect(section).not.toBe('');
      // The docs describe the flags that `resume` and `validate` share with `run` only there.
      for (const option of [command, ...command.commands].flatMap((one) => one.options))
        expect(section).toMatch(new RegExp(`\`(${option.long}|${option.short})\\b`));
    },
  );

  it('describes the flags of `run` with a skaffold.yaml where it says that they are', async () => {
    const { skaffoldOptions } = await import('./commands/run-either.ts');
    const sections = ['run', 'build', 'deploy'].map(
      (name) => new RegExp(`\n## ${name}\n[^]*?(?=\n## |$)`).exec(page)?.[0],
    );
    for (const option of skaffoldOptions(invocationOf(program())))
      expect(sections.join('')).toMatch(new RegExp(`\`${option.long}\\b`));
  });

  it('describes what every command takes', () => {
    for (const option of program().root.options) expect(page).toContain(option.long);
  });

  it('names every type of event', () => {
    for (const type of eventTypes) expect(page).toContain(`\`${type}\``);
  });
});
