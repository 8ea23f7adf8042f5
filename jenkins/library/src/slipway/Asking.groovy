package slipway

import com.cloudbees.groovy.cps.NonCPS

import java.security.MessageDigest

/** Reads what a pipeline asks for. */
class Asking implements Serializable {
    private static final long serialVersionUID = 1

    private static final List KNOWN = ['service', 'ref', 'commit', 'url', 'credentialsId', 'wait', 'propagate',
                                       'timeout', 'logLimit', 'poll', 'patience', 'webhook', 'describe']
    private static final int MOST_ONCE = 200 // bytes that Slipway takes

    /**
     * Makes a plain map, which a pipeline keeps over restarts, of a step's
     * arguments and of what is around it: env and started. What is wrong with
     * them is in complaint, a sentence.
     */
    @NonCPS
    static Map of(Map args, Map around, int nth) {
        String unknown = args.keySet().find { !KNOWN.contains(it.toString()) }
        if (unknown != null) {
            return [complaint: "slipwayBuild knows no ${unknown}; it knows ${KNOWN.join(', ')}".toString()]
        }
        Map b = [
            service: text(args.service), server: text(args.url ?: around.SLIPWAY_URL).replaceAll('/+$', ''),
            credentialsId: text(args.credentialsId ?: 'slipway'), wait: args.wait != false, propagate: args.propagate != false,
            timeout: (args.timeout ?: 0) as int, logLimit: (args.logLimit != null ? args.logLimit : 10_000_000) as long,
            poll: Math.max(1, (args.poll ?: 2) as int), patience: (args.patience != null ? args.patience : 60) as int,
            webhook: args.webhook != false, describe: args.describe != false,
            from: text(around.BUILD_URL), begun: System.currentTimeMillis(),
            after: '', printed: 0L, silent: 0L, state: 'asked', result: '', number: 0L, url: '', image: '', tag: '', digest: '', reason: '',
        ]
        head(b, args, around)
        b.complaint = complaint(b, around)
        if (!b.complaint) {
            List names = b.service.split('/')
            b.team = names[0]
            b.name = names[1]
            b.once = once("${around.BUILD_TAG} ${around.started} ${b.service} ${b.ref} ${b.commit} ${nth}".toString())
        }
        return b
    }

    /** The ref and commit that are meant: those that are named, else those that Jenkins is at. */
    @NonCPS
    private static void head(Map b, Map args, Map around) {
        b.ref = text(args.ref)
        b.commit = text(args.commit)
        if (b.ref || b.commit && !around.BRANCH_NAME && !around.GIT_BRANCH) {
            return
        }
        if (around.TAG_NAME) {
            b.ref = 'refs/tags/' + around.TAG_NAME
        } else if (around.CHANGE_ID) {
            b.ref = text(around.CHANGE_BRANCH) // a merge of Jenkins' own making was never pushed: its head is built
            return
        } else {
            b.ref = text(around.BRANCH_NAME ?: text(around.GIT_BRANCH).replaceFirst('^(refs/remotes/)?origin/', ''))
        }
        b.commit = b.commit ?: (b.ref ? text(around.GIT_COMMIT) : '')
    }

    @NonCPS
    private static String complaint(Map b, Map around) {
        if (!(b.service ==~ '[a-z0-9-]+/[a-z0-9-]+')) {
            return "slipwayBuild: service is '${b.service}'; write service: 'TEAM/NAME'".toString()
        }
        if (!(b.server ==~ 'https?://[^/?#@\\s]+(/[^?#\\s]*)?')) {
            return "slipwayBuild: url is '${b.server}'; give Slipway's URL, or set SLIPWAY_URL under Manage Jenkins > System > Global properties".toString()
        }
        if (around.CHANGE_FORK && !b.ref) {
            return "slipwayBuild: a pull request of a fork (${around.CHANGE_FORK}) is built by its own event, once a maintainer has approved it".toString()
        }
        return ''
    }

    /** The asking's own name: told again after an answer was lost, it makes no second build. */
    @NonCPS
    private static String once(String text) {
        if (text.getBytes('UTF-8').length <= MOST_ONCE) {
            return text
        }
        return 'jenkins ' + MessageDigest.getInstance('SHA-256').digest(text.getBytes('UTF-8')).encodeHex()
    }

    @NonCPS
    private static String text(Object o) {
        return o == null ? '' : o.toString().trim()
    }
}
