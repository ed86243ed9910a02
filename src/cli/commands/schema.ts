import { Argument, type Command } from 'commander';
import { schemaNames, type SchemaName } from '../../schema/json-schema.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';

export function define(command: Command, invocation: Invocation): void {
  command.addArgument(new Argument('[name]', 'the configuration file').choices(schemaNames).default('wharf-ci')).action(
    invocation.action(async (name: SchemaName) => {
      await invocation.printJson(await (await invocation.services()).schema(name));
      return exitCodes.succeeded;
    }),
  );
}
