import { Command, type Option } from 'commander';
import type { Invocation } from '../invocation.ts';
import { define as definePipeline } from './run.ts';
import { define as defineSkaffold } from './run-skaffold.ts';

/** `run` where the project has neither file: the flags of pipelines. The help also has those of a `skaffold.yaml`. */
export function define(command: Command, invocation: Invocation): void {
  definePipeline(command, invocation);
  invocation.alsoOffer(command, () => skaffoldOptions(invocation));
  command.addHelpText('after', () => {
    const help = command.createHelp();
    const options = skaffoldOptions(invocation).filter(({ hidden }) => !hidden);
    const width = Math.max(...options.map((option) => help.optionTerm(option).length));
    const lines = options.map((option) => help.formatItem(help.optionTerm(option), width, option.description, help));
    return ['', 'Options with a skaffold.yaml, in its folder or with -f:', ...lines].join('\n');
  });
}

/** Returns the flags of `run` with a `skaffold.yaml` that pipelines do not have. */
export function skaffoldOptions(invocation: Invocation): readonly Option[] {
  const [pipeline, skaffold] = [definePipeline, defineSkaffold].map((defineOne) => {
    const command = new Command();
    defineOne(command, invocation);
    return command.options;
  });
  const same = (one: Option, other: Option) => one.long === other.long && one.short === other.short;
  return skaffold!.filter((option) => !pipeline!.some((other) => same(option, other)));
}
