import type { RunState, StepState } from '../events/run-state.ts';
import type { StepSpec } from '../model/plan.ts';
import type { JsonSchema, SchemaName } from '../schema/json-schema.ts';
import type { StepText } from '../words/step-text.ts';
import type { LoadedPipeline, PipelineOutline, PipelineRequest } from '../engine/front-end.ts';
import type { VariableScope } from '../model/variable-scope.ts';
import type { Checked, CodeTable } from '../model/diagnostic.ts';

/** The configuration of a project, and its texts for people. */
export interface Configuration {
  /** Reads and checks the configuration. Has no other effect. */
  load(request: PipelineRequest): Promise<Checked<LoadedPipeline>>;
  /**
   * Returns every variable that the configuration could use, including wrong uses. Also reads the next run number. Has
   * no other effect.
   */
  variables(request: PipelineRequest): Promise<Checked<VariableScope>>;
  /** Returns the names in a configuration, even if it has errors. Returns `undefined` if the file cannot be read. */
  outline(path: string): Promise<PipelineOutline | undefined>;
  /** Returns the project of a path, which `latest` and run numbers refer to (docs/design/product.md, "Ids"). */
  project(path: string): Promise<string>;
  /** Returns all diagnostic codes, in order. */
  codes(): Promise<CodeTable>;
  /** Returns the JSON Schema of a configuration file. */
  schema(name: SchemaName): Promise<JsonSchema>;
  /** Returns the text of a step in a plan. */
  stepText(spec: StepSpec): StepText;
  /** Returns the text of a step in a log, with its variables filled in. It contains no secret. */
  stepTextOf(state: RunState, step: StepState): StepText;
}
