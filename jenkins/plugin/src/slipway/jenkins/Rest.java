package slipway.jenkins;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import net.sf.json.JSONException;
import net.sf.json.JSONObject;

/** Speaks Slipway's REST API: each call is one request, with a time. Safe for concurrent use. */
final class Rest {
    private static final int CONNECT_MS = 5_000;
    private static final int READ_MS = 30_000;
    private static final int WHOLE_MS = 60_000; // of an answer, however slowly it drips
    private static final int MOST_BYTES = 4 << 20; // of an answer; a part of a log has 1 MiB

    private final String server;
    private final String token;

    /** server is a URL without a slash at its end. */
    Rest(String server, String token) {
        this.server = server;
        this.token = token;
    }

    /** An answer that was no success. What is passing may do better at another try. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1;
        final int status; // 0: there was no answer
        final boolean passing;

        Refused(String message, int status) {
            super(message);
            this.status = status;
            this.passing = status == 0 || status == 408 || status == 429 || status >= 500;
        }
    }

    /** A part of a log. */
    static final class Part {
        final String text; // whole lines
        final String next; // where to go on
        final String state; // of the build, before the log was read
        final boolean more; // there is more of it already

        Part(String text, String next, String state, boolean more) {
            this.text = text;
            this.next = next;
            this.state = state;
            this.more = more;
        }
    }

    String link(long build) {
        return server + "/builds/" + build;
    }

    /** Asks for a build and gives the event; asked again with the same once it is the same one. */
    long ask(String service, String ref, String commit, String once, String from) throws IOException {
        JSONObject body = new JSONObject();
        put(body, "ref", ref);
        put(body, "commit", commit);
        put(body, "once", once);
        put(body, "from", from);
        String[] names = service.split("/", 2);
        JSONObject answer = json(send("POST", "/api/v1/teams/" + names[0] + "/services/" + names[1] + "/builds", body));
        if (!answer.has("event")) {
            throw strange();
        }
        return answer.getLong("event");
    }

    /** Shows what came of an event: state, note, builds and unchanged. */
    JSONObject event(long event) throws IOException {
        return json(send("GET", "/api/v1/events/" + event, null));
    }

    /** Shows a build. */
    JSONObject build(long build) throws IOException {
        return json(send("GET", "/api/v1/builds/" + build, null));
    }

    /** Gives the part of a build's log that comes after another; "" is the first. */
    Part log(long build, String after) throws IOException {
        HttpURLConnection c = send("GET", "/api/v1/builds/" + build + "/log?after=" + after, null);
        String next = c.getHeaderField("Slipway-Next");
        String state = c.getHeaderField("Slipway-State");
        if (next == null || state == null) {
            throw strange();
        }
        return new Part(plain(text(c)), next, state, "true".equals(c.getHeaderField("Slipway-More")));
    }

    /** Cancels a build. */
    void cancel(long build, String reason) throws IOException {
        JSONObject body = new JSONObject();
        put(body, "reason", reason);
        text(send("POST", "/api/v1/builds/" + build + "/cancel", body));
    }

    /** Says whose the token is. */
    JSONObject me() throws IOException {
        return json(send("GET", "/api/v1/me", null));
    }

    /** Text without what a console would obey: a console note begins with ESC[8mha: */
    static String plain(String text) {
        return text.replace("\u001b", "").replace("\r", "");
    }

    private static void put(JSONObject body, String name, String value) {
        if (value != null && !value.isEmpty()) {
            body.put(name, value);
        }
    }

    private Refused strange() {
        return new Refused(server + " answers, but not as Slipway does: is it Slipway's URL?", 200);
    }

    private JSONObject json(HttpURLConnection c) throws IOException {
        try {
            return JSONObject.fromObject(text(c));
        } catch (JSONException e) {
            throw strange();
        }
    }

    /** Sends a request and gives the connection of a success, whose body is to be read. */
    private HttpURLConnection send(String method, String path, JSONObject body) throws IOException {
        try {
            HttpURLConnection c = (HttpURLConnection) new URL(server + path).openConnection();
            c.setConnectTimeout(CONNECT_MS);
            c.setReadTimeout(READ_MS);
            c.setInstanceFollowRedirects(false); // the token is for this server alone
            c.setRequestMethod(method);
            c.setRequestProperty("Authorization", "Bearer " + token);
            c.setRequestProperty("Accept", "application/json, text/plain;q=0.9");
            if (body != null) {
                c.setDoOutput(true);
                c.setRequestProperty("Content-Type", "application/json");
                c.getOutputStream().write(body.toString().getBytes(StandardCharsets.UTF_8));
            }
            if (c.getResponseCode() / 100 == 2) {
                return c;
            }
            throw refusal(c);
        } catch (Refused e) {
            throw e;
        } catch (IOException e) {
            throw silence(e);
        }
    }

    private Refused silence(IOException e) {
        return new Refused(server + " does not answer: " + (e.getMessage() == null ? e.toString() : e.getMessage()), 0);
    }

    /** What an answer says that is no success: the API's own sentence, never a proxy's page. */
    private Refused refusal(HttpURLConnection c) throws IOException {
        int status = c.getResponseCode();
        if (status / 100 == 3) {
            return new Refused(server + " answers with a redirect to " + c.getHeaderField("Location") + "; give the URL that it ends at", status);
        }
        String sentence = "HTTP " + status;
        String kind = c.getContentType();
        if (kind != null && kind.contains("json")) {
            JSONObject said = json(c);
            sentence = said.optString("title", sentence);
            String hint = said.optString("hint");
            sentence += hint.isEmpty() ? "" : " (" + hint + ")";
        }
        if (status == 401) {
            sentence += "; is the token one of this server, and valid?";
        }
        return new Refused(plain(server + ": " + sentence), status);
    }

    private String text(HttpURLConnection c) throws IOException {
        try (InputStream from = c.getResponseCode() < 400 ? c.getInputStream() : c.getErrorStream()) {
            return from == null ? "" : read(from);
        } catch (Refused e) {
            throw e;
        } catch (IOException e) {
            throw silence(e);
        }
    }

    private String read(InputStream from) throws IOException {
        long end = System.nanoTime() + WHOLE_MS * 1_000_000L;
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] piece = new byte[64 << 10];
        for (int n = from.read(piece); n >= 0; n = from.read(piece)) {
            all.write(piece, 0, n);
            if (all.size() > MOST_BYTES) {
                throw new Refused(server + ": the answer is longer than " + MOST_BYTES + " bytes", 0);
            }
            if (System.nanoTime() - end > 0) {
                throw new Refused(server + ": the answer takes longer than " + WHOLE_MS + " ms", 0);
            }
        }
        return all.toString("UTF-8");
    }
}
