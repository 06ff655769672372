#compdef openloop
# zsh completion for openloop; made by `openloop completion zsh`.
_openloop() {
    local -a lines choices
    local kind line
    lines=("${(@f)$("${words[1]}" completion words "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    kind="${lines[1]}"
    for line in "${(@)lines[2,-1]}"; do
        local word="${line%%$'\t'*}" about="${line#*$'\t'}"
        choices+=("${word//:/\\:}${about:+:$about}")
    done
    (( ${#choices} )) && _describe -V openloop choices
    case "$kind" in
    files) _files ;;
    folders) _files -/ ;;
    esac
}
if [[ "${funcstack[1]}" == _openloop ]]; then
    _openloop "$@"
else
    compdef _openloop openloop
fi
