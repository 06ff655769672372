# fish completion for openloop; made by `openloop completion fish`.
function __openloop_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] completion words $words[2..-1] "$current" 2>/dev/null)
    switch "$lines[1]"
        case files
            __fish_complete_path "$current"
        case folders
            __fish_complete_directories "$current" ""
    end
    test (count $lines) -gt 1; and printf '%s\n' $lines[2..-1]
end
complete -c openloop -f -k -a '(__openloop_complete)'
