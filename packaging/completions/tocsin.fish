# Completion of tocsin for fish: the nouns, verbs and flags that --help names.
function __tocsin_help
    set -l words (commandline -opc)
    set -l command $words[1]
    for word in $words[2..3]
        string match -qr '^[a-z][a-z-]*$' -- $word; or break
        set -a command $word
    end
    $command --help 2>/dev/null
end

function __tocsin_words
    if string match -q -- '-*' (commandline -ct)
        __tocsin_help | string replace -rf '^  (?:-h,)?(--[a-z][a-z-]*)(?:.*?  +|.*)(.*)$' '$1\t$2'
    else
        __tocsin_help | string replace -rf '^  ([a-z][a-z-]*)  +(.*)$' '$1\t$2'
    end
end

complete -c tocsin -n 'test -n "$(__tocsin_words)"' -f -a '(__tocsin_words)'
