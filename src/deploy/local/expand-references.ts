/**
 * Replaces `$(NAME)` by the variable's value, as the kubelet does (kubernetes.io, "Define Dependent Environment
 * Variables"). `$$(NAME)` becomes `$(NAME)`. References to unknown variables stay.
 */
export function expandReferences(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^()]*)\)/g, (all: string, name: string | undefined) => {
    if (name === undefined) return '$';
    return Object.hasOwn(values, name) ? (values[name] ?? all) : all;
  });
}
