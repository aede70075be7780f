# SPDX-License-Identifier: BSD-2-Clause
# Completion of maps-dump for fish. Where nothing else is said fish completes files.

set -g __maps_dump_columns start end size perms offset device inode kind name path deleted buildid

# "/proc/PID/comm:NAME" a line, of those with a command line: kernel threads have none, and no mappings.
function __maps_dump_processes
    set -l pids (grep -sl . /proc/*/cmdline | string match -rg '^/proc/(\d+)/')
    grep -sH '' /proc/$pids/comm
end

function __maps_dump_pids
    __maps_dump_processes | string replace -rf '^/proc/(\d+)/comm:' '$1\t'
end

function __maps_dump_names
    __maps_dump_processes | string replace -rf '^/proc/\d+/comm:' '' | sort -u
end

# As the kernel names them, of those that hold a process.
function __maps_dump_cgroups
    cat /proc/*/cgroup 2>/dev/null | string replace -rf '^0::' '' | sort -u
end

# The last of several, behind those that are there already.
function __maps_dump_column_lists
    set -l before (string match -rg '^(?:--output=|-o)?(.*,)' -- (commandline -ct))
    for column in $__maps_dump_columns
        string match -q "*,$column,*" ",$before"; or echo "$before$column"
    end
end

function __maps_dump_sorts
    printf '%s\n' $__maps_dump_columns -$__maps_dump_columns\tdescending
end

complete -c maps-dump -a '(__maps_dump_pids)'
complete -c maps-dump -l all -d 'every process but kernel threads'
complete -c maps-dump -l name -x -a '(__maps_dump_names)' -d 'every process called NAME'
complete -c maps-dump -l user -x -a '(__fish_complete_users)' -d 'every process of a user'
complete -c maps-dump -l cgroup -x -a '(__maps_dump_cgroups)' -d 'every process in a cgroup and those below it'
complete -c maps-dump -l socket -d 'as mapsnapd has them'
complete -c maps-dump -l json -d 'one JSON document'
complete -c maps-dump -l jsonl -d 'a line of JSON for each target'
complete -c maps-dump -l summary -d 'a line of figures for each target'
complete -c maps-dump -l table -d 'mappings in columns'
complete -c maps-dump -s o -l output -x -a '(__maps_dump_column_lists)' -d 'these columns'
complete -c maps-dump -l sort -x -a '(__maps_dump_sorts)' -d 'by a column'
complete -c maps-dump -l svg -d 'a picture as SVG'
complete -c maps-dump -l html -d 'a picture as HTML'
complete -c maps-dump -s v -l verbose -d 'labels on standard error, terminal or not'
complete -c maps-dump -l exec -d 'executable mappings alone'
complete -c maps-dump -l file -d 'mappings of files, memfds and shared memory alone'
complete -c maps-dump -l deleted -d 'mappings of files that are deleted or replaced alone'
complete -c maps-dump -l range -x -d 'mappings in a range of addresses'
complete -c maps-dump -l lookup -x -d 'what is mapped at addresses'
complete -c maps-dump -l diff -d 'what differs between two targets'
complete -c maps-dump -l watch -x -d 'again and again, after so many seconds'
complete -c maps-dump -l require-consistent -d 'print nothing that may mix instants'
complete -c maps-dump -l attempts -x -d 'try so many times at most'
complete -c maps-dump -l deadline -x -d 'begin no attempt after this time'
complete -c maps-dump -l fallback -x -a 'unverified frozen locked error' -d 'when no attempt succeeds'
complete -c maps-dump -l source -x -a 'auto ioctl bpf none' -d 'where the proof comes from'
complete -c maps-dump -l route -x -a 'auto text query snapshot' -d 'how to read'
complete -c maps-dump -l check -d 'say which label this machine can give'
complete -c maps-dump -s '?' -l help -d 'list the options'
complete -c maps-dump -l usage -d 'list the options in a few lines'
complete -c maps-dump -s V -l version -d 'print the version'
