/** What an editor with a JSON Schema marks. */
import { Ajv } from 'ajv';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { plainValue } from '../../src/diagnostics/yaml/located.ts';
import { readYamlDocuments } from '../../src/diagnostics/yaml/read-yaml.ts';
import type { JsonSchema } from '../../src/schema/json-schema.ts';

/** Returns a function that returns what the schema has against a value. Throws if the schema itself is wrong. */
export function marksOf(schema: JsonSchema): (value: unknown) => readonly string[] {
  // Strict mode finds misspelt keywords. Editor keywords beyond the draft are declared.
  const ajv = new Ajv({ strict: true, strictRequired: false, strictTypes: false, allErrors: true });
  const validate = ajv.addVocabulary(['doNotSuggest']).compile(schema);
  return (value) =>
    validate(value)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

/** Parses YAML as editors do: merges resolved, values typed. */
export function valuesOf(text: string): readonly unknown[] {
  const report = (diagnostic: { readonly message: string }) => {
    throw new Error(diagnostic.message);
  };
  return readYamlDocuments(new SourceText('a.yml', text), report).map(plainValue);
}
