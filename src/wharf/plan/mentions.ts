import type { PipelineDefinition } from '../config/definition.ts';

/** Reports which variables a pipeline may use. Reading some of them starts a process. */
export interface Mentions {
  /** Reports whether the name occurs anywhere. Also true if that is unknown, as for files that only a step reads. */
  name(name: string): boolean;
}

export const allMentions: Mentions = { name: () => true };

/** An invalid pipeline does not run, so it needs no expensive variables. */
export const noMentions: Mentions = { name: () => false };

/**
 * Returns the names that a definition mentions in its text or by default values.
 * @param runs whether its steps will run: only then are files searched for variables
 */
export function mentionsOf(text: string, { stages }: PipelineDefinition, runs: boolean): Mentions {
  const steps = stages.flatMap((stage) => stage.steps);
  if (runs && steps.some(({ spec }) => 'files' in spec && spec.files.length > 0)) return allMentions;
  return {
    name: (name) => text.includes(name) || steps.some((step) => step.texts.some((one) => one.text.includes(name))),
  };
}

/** Adds the names in values from other sources. */
export function withMentionsIn(mentions: Mentions, values: Iterable<string>): Mentions {
  const texts = [...values].filter((value) => value.includes('${'));
  return texts.length === 0
    ? mentions
    : { name: (name) => mentions.name(name) || texts.some((text) => text.includes(name)) };
}
