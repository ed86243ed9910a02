/** Names of images in Helm values, which v2beta29 has as `artifactOverrides` and later versions as templates. */
import {
  entriesOfMap,
  mapFrom,
  scalar,
  textAt,
  valueAt,
  withEntry,
  withoutEntry,
} from '../../../diagnostics/yaml/edit.ts';
import type { Located, LocatedMap } from '../../../diagnostics/yaml/located.ts';

/** The templates of one image, by what is added to the name of its Helm value. */
export type ImageTemplates = readonly (readonly [suffix: string, template: string])[];

/** Returns the templates of an image. @param release its Helm release */
export function imageTemplates(image: string, release: Located | undefined): ImageTemplates {
  const name = image.replaceAll(/[^A-Za-z0-9_]/g, '_');
  const strategy = valueAt(release, 'imageStrategy', 'helm');
  if (!strategy) return [['', `{{.IMAGE_FULLY_QUALIFIED_${name}}}`]];
  const tag = ['.tag', `{{.IMAGE_TAG_${name}}}@{{.IMAGE_DIGEST_${name}}}`] as const;
  if (textAt(strategy, 'explicitRegistry') !== 'true') return [tag, ['.repository', `{{.IMAGE_REPO_${name}}}`]];
  return [tag, ['.registry', `{{.IMAGE_DOMAIN_${name}}}`], ['.repository', `{{.IMAGE_REPO_NO_DOMAIN_${name}}}`]];
}

/** Rewrites `artifactOverrides` and `imageStrategy` of a Helm release as `setValueTemplates`. */
export function withImageTemplates(release: LocatedMap): LocatedMap {
  const rest = withoutEntry(release, 'artifactOverrides', 'imageStrategy');
  const overrides = valueAt(release, 'artifactOverrides');
  if (!overrides) return rest;
  const written = valueAt(release, 'setValueTemplates');
  let templates = written?.kind === 'map' ? written : mapFrom({}, overrides.at);
  for (const { key, keyAt, value } of entriesOfMap(overrides)) {
    const image = value.kind === 'scalar' ? value.text : '';
    for (const [suffix, template] of imageTemplates(image, release))
      templates = withEntry(templates, key + suffix, scalar(template, value.at), keyAt);
  }
  return withEntry(rest, 'setValueTemplates', templates);
}
