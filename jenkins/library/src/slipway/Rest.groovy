package slipway

import com.cloudbees.groovy.cps.NonCPS
import groovy.json.JsonOutput
import groovy.json.JsonSlurperClassic

/**
 * Speaks Slipway's REST API. Every call is one short request on the
 * controller: it neither waits nor runs a step, so Pipeline runs it in one go
 * (NonCPS), and nothing of it is alive while a pipeline sleeps.
 *
 * No method throws. What went wrong is in the answer: failed is a sentence,
 * and passing tells that another try may do better.
 */
class Rest implements Serializable {
    private static final long serialVersionUID = 1

    private static final int CONNECT_MS = 3_000
    private static final int READ_MS = 10_000
    private static final int WHOLE_MS = 20_000      // of an answer, however slowly it drips
    private static final int MOST_BYTES = 4 << 20   // of an answer; a part of a log has 1 MiB
    private static final int HOOK_MS = 60_000       // a push's hook may be on its way that long

    /** Asks for the build that b describes; sets b.event. */
    @NonCPS
    static Map ask(Map b, String token) {
        Map body = [once: b.once]
        for (String name : ['ref', 'commit', 'from', 'notify']) {
            if (b[name]) {
                body[name] = b[name]
            }
        }
        Map a = send('POST', b, token, "/api/v1/teams/${b.team}/services/${b.name}/builds", body)
        if (a.ok && !(a.json instanceof Map && a.json.event)) {
            a = strange(b)
        }
        if (a.ok) {
            b.event = a.json.event as long
        } else if (a.status == 409 && b.commit && System.currentTimeMillis() - (b.begun as long) < HOOK_MS) {
            a.passing = true
        }
        return a
    }

    /** Looks what came of b.event; sets b.number when it is known. */
    @NonCPS
    static Map expand(Map b, String token) {
        Map a = send('GET', b, token, "/api/v1/events/${b.event}", null)
        if (!a.ok) {
            return a
        }
        if (!(a.json instanceof Map && a.json.state)) {
            return strange(b)
        }
        Map made = (a.json.builds ?: []).find { it.service == b.service }
        Map still = (a.json.unchanged ?: []).find { it.service == b.service }
        b.note = a.json.note ?: ''
        if (made) {
            b.number = made.id as long
            b.state = made.state
        } else if (still) {
            b.number = still.build as long
            b.unchanged = true
        } else if (!(a.json.state in ['pending', 'held'])) {
            b.state = a.json.state == 'failed' ? 'failed' : 'nothing'
            b.reason = b.note
            b.ended = true
        }
        if (b.number) {
            b.url = "${b.server}/builds/${b.number}".toString()
        }
        return a
    }

    /**
     * Reads the next part of the log of build b.number, up to b.logLimit bytes
     * in all, and how the build stands; at its end, what came of it. The
     * answer's text is what to print, more that there is more of it already.
     */
    @NonCPS
    static Map follow(Map b, String token) {
        if (b.unchanged || b.printed >= b.logLimit) {
            return finish(b, token)
        }
        Map a = send('GET', b, token, "/api/v1/builds/${b.number}/log?after=${b.after}", null)
        if (!a.ok) {
            return a
        }
        if (!a.next || !a.state) {
            return strange(b)
        }
        b.after = a.next
        b.state = a.state
        a.text = capped(b, a.text)
        if (ended(b.state) && !a.more) {
            Map end = finish(b, token)
            end.text = a.text
            return end
        }
        return a
    }

    /** Looks how build b.number stands; sets what came of it when it has ended. */
    @NonCPS
    private static Map finish(Map b, String token) {
        Map a = send('GET', b, token, "/api/v1/builds/${b.number}", null)
        if (!a.ok) {
            return a
        }
        if (!(a.json instanceof Map && a.json.state)) {
            return strange(b)
        }
        b.state = a.json.state
        b.commit = a.json.commit ?: b.commit
        b.reason = plain(a.json.reason ?: '')
        b.known = a.json.known as boolean
        if (a.json.image) {
            b.tag = a.json.image.tag
            b.digest = a.json.image.digest
            b.image = "${a.json.image.repository}:${b.tag}@${b.digest}".toString()
        }
        b['class'] = a.json['class'] ?: ''
        b.ended = ended(b.state)
        return a
    }

    /** Cancels what came of b.event. The answer's text says what was done; without one, try again. */
    @NonCPS
    static Map cancel(Map b, String token, String reason) {
        if (!b.number) {
            Map a = expand(b, token)
            if (!b.number && !b.ended) {
                return a
            }
        }
        if (b.unchanged || !b.number) {
            return [text: 'Slipway: there is no build to cancel']
        }
        Map a = send('POST', b, token, "/api/v1/builds/${b.number}/cancel", [reason: reason])
        if (a.ok) {
            a.text = "Slipway: build ${b.number} is cancelled".toString()
        } else if (!a.passing) {
            a.text = "Slipway: build ${b.number} was not cancelled: ${a.failed}".toString()
        }
        return a
    }

    @NonCPS
    static boolean ended(String state) {
        return state in ['succeeded', 'failed', 'cancelled', 'superseded']
    }

    /** The result that Jenkins has for what came of b. */
    @NonCPS
    static String resultOf(Map b) {
        switch (b.state) {
            case 'succeeded': return 'SUCCESS'
            case 'cancelled': return 'ABORTED'
            case 'superseded':
            case 'nothing': return 'NOT_BUILT'
            default: return 'FAILURE'
        }
    }

    /** What of a part of the log is printed, so that all of it stays within b.logLimit. */
    @NonCPS
    private static String capped(Map b, String text) {
        int size = text.getBytes('UTF-8').length
        long room = (b.logLimit as long) - (b.printed as long)
        b.printed = (b.printed as long) + size
        if (size <= room) {
            return text
        }
        String kept = new String(text.getBytes('UTF-8'), 0, room as int, 'UTF-8')
        kept = kept.substring(0, kept.lastIndexOf('\n') + 1)
        b.printed = b.logLimit
        return "${kept}… the log is longer than ${b.logLimit} bytes; the rest: ${b.url}\n".toString()
    }

    /** Text without what a console of Jenkins would obey: a console note begins with ESC[8mha: */
    @NonCPS
    static String plain(String text) {
        return text.replace('\u001b', '').replace('\r', '')
    }

    @NonCPS
    private static Map strange(Map b) {
        return [failed: "${b.server} answers, but not as Slipway does: is it Slipway's URL?".toString()]
    }

    @NonCPS
    private static Map send(String method, Map b, String token, String path, Map body) {
        HttpURLConnection c = null
        try {
            c = (HttpURLConnection) new URL(b.server + path).openConnection()
            c.connectTimeout = CONNECT_MS
            c.readTimeout = READ_MS
            c.instanceFollowRedirects = false // the token is for this server alone
            c.requestMethod = method
            c.setRequestProperty('Authorization', 'Bearer ' + token)
            c.setRequestProperty('Accept', 'application/json, text/plain;q=0.9')
            if (body != null) {
                c.doOutput = true
                c.setRequestProperty('Content-Type', 'application/json')
                c.outputStream.write(JsonOutput.toJson(body).getBytes('UTF-8'))
            }
            return answer(b, c)
        } catch (IOException | IllegalArgumentException e) {
            return [failed: "${b.server} does not answer: ${e.message ?: e.class.simpleName}".toString(), passing: true]
        } finally {
            c?.disconnect()
        }
    }

    @NonCPS
    private static Map answer(Map b, HttpURLConnection c) {
        int status = c.responseCode
        String text = read(status < 400 ? c.inputStream : c.errorStream)
        String kind = c.contentType ?: ''
        if (status >= 200 && status < 300) {
            Map a = [ok: true, status: status]
            if (kind.startsWith('text/plain')) {
                a.text = plain(text)
            } else {
                a.json = parsed(text)
            }
            a.next = c.getHeaderField('Slipway-Next')
            a.state = c.getHeaderField('Slipway-State')
            a.more = c.getHeaderField('Slipway-More') == 'true'
            return a
        }
        if (status >= 300 && status < 400) {
            return [status: status, failed: "${b.server} answers with a redirect to ${c.getHeaderField('Location')}; give the URL that it ends at".toString()]
        }
        Map said = kind.contains('json') ? parsed(text) as Map : null
        String sentence = said?.title ? said.title + (said.hint ? " (${said.hint})" : '') : "HTTP ${status}"
        if (status == 401) {
            sentence += '; does the credential have a token of this server, and is it valid?'
        }
        return [status: status, code: said?.code, failed: plain(b.server + ': ' + sentence), passing: status == 408 || status == 429 || status >= 500]
    }

    @NonCPS
    private static String read(InputStream from) {
        if (from == null) {
            return ''
        }
        long end = System.currentTimeMillis() + WHOLE_MS
        ByteArrayOutputStream all = new ByteArrayOutputStream()
        byte[] piece = new byte[64 << 10]
        for (int n = from.read(piece); n >= 0; n = from.read(piece)) {
            all.write(piece, 0, n)
            if (all.size() > MOST_BYTES) {
                throw new IOException("its answer is longer than ${MOST_BYTES} bytes")
            }
            if (System.currentTimeMillis() > end) {
                throw new IOException("its answer takes longer than ${WHOLE_MS} ms")
            }
        }
        return all.toString('UTF-8')
    }

    /** What a text says in JSON; null for what is none. */
    @NonCPS
    private static Object parsed(String text) {
        try {
            return new JsonSlurperClassic().parseText(text)
        } catch (Exception ignored) {
            return null
        }
    }
}
