# compile COMMAND -- STUB...: compiles a module and leaves it in /out.
command=$1
shift 2
for path; do stub "$path"; done
[ -f "$LOCK" ] || [ ! -f /cargo/Cargo.lock ] || cp /cargo/Cargo.lock "$LOCK"
eval "$command"
