export type Shell = 'bash' | 'zsh' | 'fish';

/**
 * Each hands the words before the cursor, and the one under it, to `slipway __complete`, which answers with one candidate a
 * line, a tab before what it means. An empty answer leaves it to the shell, which then offers files.
 */
export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: `# bash completion for slipway
_slipway() {
  local IFS=$'\\n' line word i before= words=()
  COMPREPLY=()
  # bash cuts words at = and :, and wants what stands behind it only
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == [=:] || \${COMP_WORDS[i-1]} == [=:] ]] && ((i > 1)); then
      words[\${#words[@]}-1]+=$word
      [[ $word == [=:] ]] && before=\${words[\${#words[@]}-1]}
    else
      words+=("$word") before=
    fi
  done
  for line in $(slipway __complete -- "\${words[@]}" 2>/dev/null); do
    word=\${line%%$'\\t'*}
    [[ $word == *= ]] && compopt -o nospace 2>/dev/null
    COMPREPLY+=("\${word#"$before"}")
  done
}
complete -o default -F _slipway slipway
`,
  zsh: `#compdef slipway
_slipway() {
  local -a found open
  local line entry
  for line in \${(f)"$(slipway __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"}; do
    entry="\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}"
    if [[ \${line%%$'\\t'*} == *= ]]; then open+=("$entry"); else found+=("$entry"); fi
  done
  if (( \${#found} + \${#open} )); then
    (( \${#found} )) && _describe slipway found
    (( \${#open} )) && _describe slipway open -S ''
  else
    _files
  fi
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
