import groovy.transform.Field
import slipway.Asking
import slipway.Rest

// How often this pipeline has asked for something that has ended since: an
// asking that is tried again (retry) is another one, one whose answer was lost
// is not.
@Field Map askings = [:]

/**
 * Asks Slipway for a build and follows it: see slipwayBuild.txt. Needs no
 * executor. What must outlive a restart of Jenkins is in one map of plain
 * values; the token is read from the credential at each request and is never
 * part of a pipeline's saved state.
 */
def call(Map args = [:]) {
    Map b = Asking.of(args, around(), (askings[args.service] ?: 0) as int)
    if (b.complaint) {
        error(b.complaint)
    }
    bounded(b) {
        guarded(b) {
            def hook = b.wait ? hookOf(b) : null
            hook = ask(b, hook)
            named(b)
            if (b.wait) {
                attend(b, hook)
            }
        }
    }
    return conclude(b)
}

/** Follows a build that was asked for with wait: false to its end. */
def follow(Map b) {
    b.wait = true
    bounded(b) {
        guarded(b) {
            attend(b, null)
        }
    }
    return conclude(b)
}

Map around() {
    return [
        SLIPWAY_URL: env.SLIPWAY_URL, BUILD_TAG: env.BUILD_TAG, BUILD_URL: env.BUILD_URL, started: currentBuild.startTimeInMillis,
        BRANCH_NAME: env.BRANCH_NAME, TAG_NAME: env.TAG_NAME, GIT_BRANCH: env.GIT_BRANCH, GIT_COMMIT: env.GIT_COMMIT,
        CHANGE_ID: env.CHANGE_ID, CHANGE_BRANCH: env.CHANGE_BRANCH, CHANGE_FORK: env.CHANGE_FORK,
    ]
}

def bounded(Map b, Closure body) {
    if (b.timeout > 0) {
        timeout(time: b.timeout, unit: 'MINUTES') {
            body()
        }
    } else {
        body()
    }
}

/** Runs body with the token at hand. Whatever ends it early, an abort most of all, cancels the build. */
def guarded(Map b, Closure body) {
    withCredentials([string(credentialsId: b.credentialsId, variable: 'SLIPWAY_TOKEN')]) {
        try {
            body()
        } catch (Throwable t) {
            takeBack(b)
            throw t
        }
    }
}

/** A webhook that Slipway calls at the end, where the webhook-step plugin is; else null. */
def hookOf(Map b) {
    if (!b.webhook) {
        return null
    }
    try {
        def hook = registerWebhook()
        b.notify = hook.url.toString()
        return hook
    } catch (NoSuchMethodError ignored) {
        return null
    }
}

/** Asks until the answer is there, and gives the webhook if Slipway took it. */
def ask(Map b, hook) {
    while (true) {
        Map a = Rest.ask(b, env.SLIPWAY_TOKEN)
        if (a.ok) {
            b.silent = 0L
            return hook
        }
        if (b.notify && a.status == 400) {
            echo "Slipway does not call this Jenkins, so it is asked again and again: ${a.failed}"
            b.notify = ''
            hook = null
        } else {
            bear(b, a)
        }
    }
}

/** Waits until it is known what came of the asking, and shows it at once. */
def named(Map b) {
    boolean told = false
    while (!b.number && !b.ended) {
        Map a = Rest.expand(b, env.SLIPWAY_TOKEN)
        if (!a.ok) {
            bear(b, a)
            continue
        }
        b.silent = 0L
        if (!b.number && !b.ended) {
            if (b.note && !told) {
                echo "Slipway: ${b.note}"
                told = true
            }
            sleep(time: 1, unit: 'SECONDS')
        }
    }
    if (b.number) {
        echo "Slipway: build ${b.number} of ${b.service}: ${b.url}"
        describe(b, "Slipway ${b.number} ${b.service}: ${b.url}")
    }
}

/** Prints the log as it comes, to the build's end. */
def attend(Map b, hook) {
    if (hook != null && !b.ended) {
        waitForWebhook hook
    }
    while (!b.ended) {
        Map a = Rest.follow(b, env.SLIPWAY_TOKEN)
        if (!a.ok) {
            bear(b, a)
            continue
        }
        b.silent = 0L
        if (a.text) {
            echo a.text.substring(0, a.text.length() - 1)
        }
        if (!a.more && !b.ended) {
            long minutes = (System.currentTimeMillis() - (b.begun as long)).intdiv(60_000)
            sleep(time: Math.min(b.poll as long, 1 + minutes), unit: 'SECONDS')
        }
    }
}

/** Waits before another try; ends the pipeline when no try would do better, or after too long a silence. */
def bear(Map b, Map a) {
    if (a.text) {
        echo a.text.substring(0, a.text.length() - 1)
    }
    long now = System.currentTimeMillis()
    if (!a.passing) {
        error("Slipway: ${a.failed}")
    }
    if (!b.silent) {
        b.silent = now
        echo "Slipway: ${a.failed}; trying again"
    } else if (now - (b.silent as long) > b.patience * 60_000L) {
        error("Slipway: ${a.failed}, for ${b.patience} minutes by now")
    }
    sleep(time: Math.min(10L, 1 + (now - (b.silent as long)).intdiv(5_000)), unit: 'SECONDS')
}

/** Cancels at Slipway what this pipeline does not wait for any longer. */
def takeBack(Map b) {
    if (!b.event || b.ended) {
        return
    }
    for (int i = 0; i < 5; i++) {
        Map a = Rest.cancel(b, env.SLIPWAY_TOKEN, "aborted in Jenkins: ${b.from}")
        if (a.text) {
            echo a.text
            return
        }
        sleep(time: 1, unit: 'SECONDS')
    }
    echo "Slipway does not answer; what was asked for as event ${b.event} goes on there"
}

/** Says how it ended, in Jenkins' words too. */
def conclude(Map b) {
    if (!b.wait) {
        return b
    }
    askings[b.service] = ((askings[b.service] ?: 0) as int) + 1
    b.result = Rest.resultOf(b)
    String how = b.number ? "build ${b.number} of ${b.service} ${b.unchanged ? 'is what it is still: ' : ''}${b.state}" : "nothing was built of ${b.service}"
    if (b.unchanged) {
        b.state = 'unchanged'
    }
    if (b.result == 'SUCCESS') {
        echo "Slipway: ${how}: ${b.image}"
        describe(b, "Slipway ${b.number} ${b.service}: ${b.image} ${b.url}")
        return b
    }
    String because = (b['class'] ? " [${b['class']}]" : '') + (b.reason ? ": ${b.reason}" : '')
    describe(b, "Slipway ${b.number ?: ''} ${b.service}: ${b.state} ${b.url}")
    if (!b.propagate) {
        echo "Slipway: ${how}${because}"
        return b
    }
    currentBuild.result = b.result // before error, which would make FAILURE of everything
    error("Slipway: ${how}${because}")
}

/** Puts a line into the build's description, in the place of the last one about the same asking. */
def describe(Map b, String line) {
    if (!b.describe) {
        return
    }
    String old = currentBuild.description ?: ''
    if (b.line && old.contains(b.line)) {
        currentBuild.description = old.replace(b.line, line)
    } else {
        currentBuild.description = old ? "${old}\n${line}".toString() : line
    }
    b.line = line
}
