# bash completion for openloop; made by `openloop completion bash`.
_openloop() {
    local kind word about out
    local current="${COMP_WORDS[COMP_CWORD]}"
    COMPREPLY=()
    out="$("${COMP_WORDS[0]}" completion words "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" || return
    {
        read -r kind
        while IFS=$'\t' read -r word about; do
            COMPREPLY+=("$(printf '%q' "$word")")
        done
    } <<<"$out"
    case "$kind" in
    files) compopt -o filenames; mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current") ;;
    folders) compopt -o filenames; mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$current") ;;
    esac
}
complete -o nosort -F _openloop openloop 2>/dev/null || complete -F _openloop openloop
