package slipway.jenkins;

import java.io.IOException;
import java.io.PrintStream;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;

/** Asks for one build and follows it to its end. For one thread. */
final class Follower {
    /** What is asked for. */
    static final class Asked {
        String service = "";
        String ref = "";
        String commit = "";
        String once = ""; // the asking's own name
        String from = ""; // URL of the Jenkins build
        long logLimit = 10_000_000; // bytes
        long patienceMs = 3_600_000; // of silence at a stretch
    }

    /** Is told where the build is, as soon as that is known. */
    interface Shown {
        void at(long build, String link) throws IOException;
    }

    private static final int POLL_MS = 1_000;
    private static final int LONG_PAUSE_MS = 10_000;
    private static final int HOOK_MS = 60_000; // a push's hook may be on its way that long
    private static final int TAKE_BACK_TRIES = 5;

    private final Rest rest;
    private final Asked asked;
    private final PrintStream console;
    private final long begun = System.currentTimeMillis();

    private long event;
    private long silent; // since then nothing was heard; 0: it was
    private long printed;

    // What came of it.
    long number; // 0: no build
    String state = "";
    String image = "";
    String reason = "";
    boolean unchanged; // it is what an earlier build made

    Follower(Rest rest, Asked asked, PrintStream console) {
        this.rest = rest;
        this.asked = asked;
        this.console = console;
    }

    /** A request that is tried again while another try may do better. */
    private interface Request<T> {
        T send() throws IOException;
    }

    /**
     * Runs to the build's end. Whatever ends it early cancels the build, an
     * InterruptedException most of all: somebody aborts the Jenkins build.
     */
    void run(Shown shown) throws IOException, InterruptedException {
        try {
            event = heard(() -> rest.ask(asked.service, asked.ref, asked.commit, asked.once, asked.from));
            while (number == 0 && state.isEmpty()) {
                expand(heard(() -> rest.event(event)));
                if (number == 0 && state.isEmpty()) {
                    Thread.sleep(POLL_MS);
                }
            }
            if (number == 0) {
                return;
            }
            console.println("Slipway: build " + number + " of " + asked.service + ": " + rest.link(number));
            shown.at(number, rest.link(number));
            follow();
        } catch (InterruptedException | IOException | RuntimeException e) {
            takeBack();
            throw e;
        }
    }

    /** The result that Jenkins has for what came of it. */
    String result() {
        switch (state) {
            case "succeeded":
                return "SUCCESS";
            case "cancelled":
                return "ABORTED";
            case "superseded":
            case "nothing":
                return "NOT_BUILT";
            default:
                return "FAILURE";
        }
    }

    private void expand(JSONObject seen) {
        long made = of(seen.optJSONArray("builds"), "id");
        long still = of(seen.optJSONArray("unchanged"), "build");
        String is = seen.optString("state");
        unchanged = made == 0 && still != 0;
        number = made != 0 ? made : still;
        if (number == 0 && !is.equals("pending") && !is.equals("held")) {
            state = is.equals("failed") ? "failed" : "nothing";
            reason = Rest.plain(seen.optString("note"));
        }
    }

    /** The number that the service has in a list, 0 for none. */
    private long of(JSONArray list, String name) {
        for (int i = 0; list != null && i < list.size(); i++) {
            if (asked.service.equals(list.getJSONObject(i).optString("service"))) {
                return list.getJSONObject(i).getLong(name);
            }
        }
        return 0;
    }

    private static boolean ended(String state) {
        return state.equals("succeeded") || state.equals("failed") || state.equals("cancelled") || state.equals("superseded");
    }

    private void follow() throws IOException, InterruptedException {
        String after = "";
        boolean whole = unchanged;
        while (true) {
            if (!whole && printed < asked.logLimit) {
                String from = after;
                Rest.Part part = heard(() -> rest.log(number, from));
                after = part.next;
                print(part.text);
                whole = ended(part.state) && !part.more;
                if (part.more) {
                    continue;
                }
            }
            if (whole || printed >= asked.logLimit) {
                JSONObject build = heard(() -> rest.build(number));
                if (ended(build.optString("state"))) {
                    end(build);
                    return;
                }
            }
            Thread.sleep(POLL_MS);
        }
    }

    /** Prints whole lines while they are within the limit. */
    private void print(String text) {
        for (int at = 0; at < text.length(); ) {
            int end = text.indexOf('\n', at) < 0 ? text.length() : text.indexOf('\n', at) + 1;
            String line = text.substring(at, end);
            if (printed + line.length() > asked.logLimit) {
                printed = asked.logLimit;
                console.println("… the log is longer than " + asked.logLimit + " characters; the rest: " + rest.link(number));
                return;
            }
            console.print(line);
            printed += line.length();
            at = end;
        }
        console.flush();
    }

    private void end(JSONObject build) {
        state = build.optString("state");
        reason = Rest.plain(build.optString("reason"));
        JSONObject made = build.optJSONObject("image");
        if (made != null && !made.isNullObject() && made.has("digest")) {
            image = made.optString("repository") + ":" + made.optString("tag") + "@" + made.optString("digest");
        }
    }

    /** Sends a request until it is answered, or for as long as patience lasts. */
    private <T> T heard(Request<T> request) throws IOException, InterruptedException {
        while (true) {
            try {
                T answer = request.send();
                silent = 0;
                return answer;
            } catch (Rest.Refused e) {
                bear(e);
            }
        }
    }

    private void bear(Rest.Refused e) throws Rest.Refused, InterruptedException {
        long now = System.currentTimeMillis();
        boolean hook = e.status == 409 && event == 0 && !asked.commit.isEmpty() && now - begun < HOOK_MS;
        if (!e.passing && !hook) {
            throw e;
        }
        if (silent == 0) {
            silent = now;
            console.println("Slipway: " + e.getMessage() + "; trying again");
        } else if (now - silent > asked.patienceMs) {
            throw e;
        }
        Thread.sleep(Math.min(LONG_PAUSE_MS, POLL_MS + (now - silent) / 5));
    }

    /** Cancels what is not waited for any longer; the thread's interrupt is over when this is called. */
    private void takeBack() throws InterruptedException {
        for (int i = 0; event != 0 && !ended(state) && i < TAKE_BACK_TRIES; i++) {
            try {
                if (number == 0) {
                    expand(rest.event(event));
                }
                if (number != 0 && !unchanged) {
                    rest.cancel(number, "aborted in Jenkins: " + asked.from);
                    console.println("Slipway: build " + number + " is cancelled");
                }
                if (number != 0 || !state.isEmpty()) {
                    return;
                }
            } catch (Rest.Refused e) {
                if (!e.passing) {
                    console.println("Slipway: it was not cancelled: " + e.getMessage());
                    return;
                }
            } catch (IOException e) {
                console.println("Slipway: it was not cancelled: " + e.getMessage());
            }
            Thread.sleep(POLL_MS);
        }
    }
}
