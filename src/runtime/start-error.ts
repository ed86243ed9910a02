/** What the OCI runtime meant when a command could not be started, without the row of programs that handed it on. */
export function readableStartError(said: string): string {
  const exec = /exec:? \\?"([^"\\]*)\\?": (?:stat [^:]*: )?(.*?)(?:: unknown)?$/s.exec(said);
  if (exec) return `cannot run "${exec[1]}": ${tidied(exec[2] ?? '')}`;
  const chdir = /chdir to cwd \(\\?"([^"\\]*)\\?"\).*?(?:failed|error)[^:]*: (.*?)(?:: unknown)?$/s.exec(said);
  if (chdir) return `cannot enter the working directory ${chdir[1]}: ${tidied(chdir[2] ?? '')}`;
  const last = /OCI runtime .*?failed: (.*)$/s.exec(said) ?? /failed to create (?:shim|task)[^:]*: (.*)$/s.exec(said);
  return tidied((last?.[1] ?? said).replace(/: unknown$/, ''));
}

function tidied(text: string): string {
  return text.trim().replace(/: OCI runtime attempted to invoke a command that was not found$/i, '').replace(/^executable file not found in \$PATH.*$/s, 'there is no such command in the image');
}
