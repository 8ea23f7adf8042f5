# For commands of the repository: gradle is the same that the other steps use,
# and does not ask for what is not there.
tool=$(command -v gradle)
mkdir -p /tmp/bin
printf '%s\n' "$INIT_SCRIPT" >/tmp/slipway.gradle
printf '#!/bin/sh\nexec "%s" --offline --no-daemon --console=plain --init-script /tmp/slipway.gradle "$@"\n' "$tool" >/tmp/bin/gradle
chmod +x /tmp/bin/gradle
PATH=/tmp/bin:$PATH
export PATH
