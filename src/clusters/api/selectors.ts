/** Selectors as requests have them (kubernetes.io, "Labels and Selectors", "Field Selectors"). */

/** Returns the label selector of objects with all these labels; empty without labels. */
export function labelSelectorOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** Returns the field selector of the object with this name. */
export function nameSelectorOf(name: string): string {
  return `metadata.name=${name}`;
}
