
# --- completion, which is loaded at the first TAB: opening a shell should not take longer for it -----------------

function _awsactivate_candidates
    builtin source $_awsactivate_folder/completion/complete.fish
    and _awsactivate_candidates
end

begin
    set -l name # of this block only: the person may have one of this name
    for name in awsactivate activate deactivate awsdeactivate
        complete -c $name -f -a '(_awsactivate_candidates)'
    end
end
