/** What a step does, as people read it. Texts may hold control characters: printers make them visible. */
export interface StepText {
  /** In a few words: the image of a container, else what it does to what. */
  readonly summary: string;
  /** What `--dry-run` prints below the step: environment, arguments, commands. */
  readonly details: readonly string[];
  /** What `--dry-run` prints beside the summary: `3 commands`. */
  readonly notes: readonly string[];
}
