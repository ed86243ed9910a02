import type { PipelineDefinition } from '../config/definition.ts';

/** What may be wanted of the variables around a pipeline: some cost a process to have. */
export interface Mentions {
  /**
   * Whether this name is written anywhere; `true` too where it cannot be known, as with files that only a step reads.
   */
  name(name: string): boolean;
}

export const everyName: Mentions = { name: () => true };

/** A pipeline that is wrong is not run: it needs nothing that has a price. */
export const noName: Mentions = { name: () => false };

/**
 * What a definition mentions, in its text or by the defaults of its fields.
 * @param runs whether its steps are to run: only then somebody looks into files for variables
 */
export function mentionsOf(text: string, { stages }: PipelineDefinition, runs: boolean): Mentions {
  const steps = stages.flatMap((stage) => stage.steps);
  if (runs && steps.some(({ spec }) => 'files' in spec && spec.files.length > 0)) return everyName;
  return {
    name: (name) => text.includes(name) || steps.some((step) => step.texts.some((one) => one.text.includes(name))),
  };
}

/** With values from elsewhere, in which names may stand as well. */
export function alsoIn(mentions: Mentions, values: Iterable<string>): Mentions {
  const texts = [...values].filter((value) => value.includes('${'));
  return texts.length === 0
    ? mentions
    : { name: (name) => mentions.name(name) || texts.some((text) => text.includes(name)) };
}
