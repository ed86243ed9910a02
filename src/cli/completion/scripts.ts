export type Shell = 'bash' | 'zsh' | 'fish';

/**
 * Each script passes the words up to the cursor, as typed, to `slipway __complete`. That prints one candidate a line,
 * with a tab before its description. Words and candidates are never expanded: they may come from an untrusted
 * repository. Without candidates, the shell completes file names.
 */
export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: `# bash completion for slipway
_slipway() {
  local line word i joined= words=()
  COMPREPLY=()
  # bash cuts words at these three characters
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word =~ ^[=:@]+$ ]] && ((\${#words[@]})); then
      words[\${#words[@]}-1]+=$word
      joined=1
    elif [[ $joined ]]; then
      words[\${#words[@]}-1]+=$word
      joined=
    else
      words+=("$word")
    fi
  done
  word=\${2-\${COMP_WORDS[COMP_CWORD]}}
  [[ $word == [=:] ]] && word=
  while IFS= read -r line; do
    line=\${line%%$'\\t'*}
    [[ $line == *= ]] && compopt -o nospace 2>/dev/null
    COMPREPLY+=("$line")
  done < <(slipway __complete --shell bash --replaces="$word" -- "\${words[@]}" 2>/dev/null)
}
complete -o default -F _slipway slipway
`,
  zsh: `#compdef slipway
_slipway() {
  local -a found open
  local line word entry
  for line in \${(f)"$(slipway __complete --shell zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"}; do
    word=\${line%%$'\\t'*}
    entry="\${\${word//\\\\/\\\\\\\\}//:/\\\\:}:\${line#*$'\\t'}"
    if [[ $word == *= ]]; then open+=("$entry"); else found+=("$entry"); fi
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
  set -l words (commandline -opc)
  set -l current (commandline -ct | string collect)
  slipway __complete --shell fish -- $words[2..-1] "$current" 2>/dev/null
end
complete -c slipway -a '(__slipway_complete)'
`,
};
