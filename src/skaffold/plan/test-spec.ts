import type { DependencyPatterns } from '../../build/input-patterns.ts';
import type { StepSpec } from '../../model/plan.ts';
import type { StructureTests } from '../structure-tests/structure-tests.ts';

/** Where a custom test says which files run it again. */
export type TestDependencies =
  | { readonly kind: 'patterns'; readonly patterns: DependencyPatterns }
  /** The shell command prints the paths as a JSON array. It runs in the context of the test. */
  | { readonly kind: 'command'; readonly command: string };

/** One test of an image. */
export type ImageTest =
  | {
      readonly type: 'custom';
      /** A command line for the shell. Templates are expanded. */
      readonly command: string;
      readonly dependencies?: TestDependencies;
    }
  | {
      readonly type: 'structure';
      /** Absolute. */
      readonly file: string;
      readonly tests: StructureTests;
    };

/** The step that tests one image, with one custom command or one file of structure tests. */
export interface TestStepSpec extends StepSpec {
  readonly kind: 'test';
  /** The name of the image in the configuration. */
  readonly image: string;
  /** The image to test, with its tag. */
  readonly reference: string;
  /** The folder of the test. Absolute. */
  readonly context: string;
  readonly test: ImageTest;
}
