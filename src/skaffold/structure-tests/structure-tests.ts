/** The tests of one file of container-structure-test (github.com/GoogleContainerTools/container-structure-test, 2.0.0). */
export interface StructureTests {
  /** For all commands. */
  readonly globalEnv: readonly Variable[];
  /** Variables of Slipway's own environment that all commands get: `containerRunOptions.envVars`. */
  readonly passedVariables: readonly string[];
  readonly commands: readonly CommandTest[];
  readonly existence: readonly FileExistenceTest[];
  readonly contents: readonly FileContentTest[];
  readonly metadata?: MetadataTest;
}

/** The value may refer to other variables: `/env/bin:$PATH`. */
export interface Variable {
  readonly key: string;
  readonly value: string;
}

/** Runs a command in a new container of the image. The entrypoint of the image does not run. */
export interface CommandTest {
  readonly name: string;
  /** Commands that run before it in the same container. */
  readonly setup: readonly (readonly string[])[];
  readonly teardown: readonly (readonly string[])[];
  readonly env: readonly Variable[];
  readonly command: readonly string[];
  readonly exitCode: number;
  readonly expectedOutput: readonly string[];
  readonly excludedOutput: readonly string[];
  readonly expectedError: readonly string[];
  readonly excludedError: readonly string[];
}

export type ExecutableBy = 'owner' | 'group' | 'other' | 'any';

export interface FileExistenceTest {
  readonly name: string;
  readonly path: string;
  readonly shouldExist: boolean;
  /** As Go prints a file mode: `-rw-r--r--`. */
  readonly permissions?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly isExecutableBy?: ExecutableBy;
}

export interface FileContentTest {
  readonly name: string;
  readonly path: string;
  readonly expectedContents: readonly string[];
  readonly excludedContents: readonly string[];
}

/** A variable or label of the image. */
export interface ExpectedPair extends Variable {
  readonly isRegex: boolean;
}

/** What the image says about its containers. An absent field is not tested. */
export interface MetadataTest {
  readonly env: readonly ExpectedPair[];
  readonly unboundEnv: readonly string[];
  readonly labels: readonly ExpectedPair[];
  readonly exposedPorts: readonly string[];
  readonly unexposedPorts: readonly string[];
  readonly volumes: readonly string[];
  readonly unmountedVolumes: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly workdir?: string;
  readonly user?: string;
}
