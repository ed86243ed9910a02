export type Shell = 'bash' | 'zsh' | 'fish';

/**
 * Each hands the words before the cursor, and the one under it, to `slipway __complete`, which answers with one candidate a
 * line, a tab before what it means. An empty answer leaves it to the shell, which then offers files.
 */
export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: `# bash completion for slipway
_slipway() {
  local IFS=$'\\n' line
  COMPREPLY=()
  for line in $(slipway __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null); do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done
}
complete -o default -F _slipway slipway
`,
  zsh: `#compdef slipway
_slipway() {
  local -a found
  local line
  for line in \${(f)"$(slipway __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"}; do
    found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( \${#found} )); then _describe slipway found; else _files; fi
}
compdef _slipway slipway
`,
  fish: `# fish completion for slipway
function __slipway_complete
  set -l words (commandline -opc) (commandline -ct)
  slipway __complete -- $words[2..-1] 2>/dev/null
end
complete -c slipway -a '(__slipway_complete)'
`,
};
