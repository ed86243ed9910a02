import { dirname } from 'node:path';
import type { Configuration } from '../config/configuration.ts';

/** The folders that paths of configurations are relative to. */
export interface BaseFolders {
  /** The folder that names of files in diagnostics start at. Absolute. */
  readonly directory: string;
  /** Returns the folder that relative paths of a configuration start at. Absolute. */
  readonly baseOf: (configuration: Configuration) => string;
}

/** @param base the folder of the main configuration, if it is not that of its file */
export function baseFolders(configurations: readonly Configuration[], base: string | undefined): BaseFolders {
  const main = configurations.find(({ required }) => !required);
  const directory = base ?? dirname(main?.file ?? '/');
  return { directory, baseOf: ({ required, file }) => (required ? dirname(file) : directory) };
}
