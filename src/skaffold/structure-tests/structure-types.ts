/** The types of a file of container-structure-test, version 2.0.0. */
import { boolean, integer, listOf, text, typed, type Field, type TypeShapes } from '../config/shape/shape.ts';

const field = (shape: Field['shape']): Field => ({ shape });
const texts = field(listOf(text));
const lists = (type: string) => field(listOf(typed(type)));

export const structureType = 'StructureTest';

export const structureTypes: TypeShapes = {
  [structureType]: {
    label: 'a structure test file',
    fields: {
      schemaVersion: field(text),
      globalEnvVars: lists('EnvVar'),
      commandTests: lists('CommandTest'),
      fileExistenceTests: lists('FileExistenceTest'),
      fileContentTests: lists('FileContentTest'),
      metadataTest: { shape: typed('MetadataTest'), keepsZero: true },
      licenseTests: lists('LicenseTest'),
      containerRunOptions: { shape: typed('ContainerRunOptions'), keepsZero: true },
    },
  },
  EnvVar: { label: 'a variable', fields: { key: field(text), value: { shape: text, keepsZero: true } } },
  CommandTest: {
    label: 'a command test',
    fields: {
      name: field(text),
      setup: field(listOf(listOf(text))),
      teardown: field(listOf(listOf(text))),
      envVars: lists('EnvVar'),
      exitCode: field(integer),
      command: field(text),
      args: texts,
      expectedOutput: texts,
      excludedOutput: texts,
      expectedError: texts,
      excludedError: texts,
    },
  },
  FileExistenceTest: {
    label: 'a file existence test',
    fields: {
      name: field(text),
      path: field(text),
      shouldExist: { shape: boolean, keepsZero: true },
      permissions: field(text),
      uid: { shape: integer, keepsZero: true },
      gid: { shape: integer, keepsZero: true },
      isExecutableBy: field(text),
    },
  },
  FileContentTest: {
    label: 'a file content test',
    fields: { name: field(text), path: field(text), expectedContents: texts, excludedContents: texts },
  },
  Pair: {
    label: 'an expected value',
    fields: { key: field(text), value: { shape: text, keepsZero: true }, isRegex: field(boolean) },
  },
  MetadataTest: {
    label: 'a metadata test',
    fields: {
      env: lists('Pair'),
      envVars: lists('Pair'),
      unboundEnvVars: lists('EnvVar'),
      labels: lists('Pair'),
      exposedPorts: texts,
      unexposedPorts: texts,
      volumes: texts,
      unmountedVolumes: texts,
      entrypoint: { shape: listOf(text), keepsZero: true },
      cmd: { shape: listOf(text), keepsZero: true },
      workdir: field(text),
      user: field(text),
    },
  },
  LicenseTest: { label: 'a license test', fields: { debian: field(boolean), files: texts } },
  ContainerRunOptions: {
    label: 'the options of containers',
    fields: {
      user: field(text),
      privileged: field(boolean),
      allocateTty: field(boolean),
      envFile: field(text),
      envVars: texts,
      capabilities: texts,
      bindMounts: texts,
    },
  },
};
