package slipway.jenkins;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Holds Follower and Rest to what they promise, against an HTTP server that answers as it is told to. */
public final class FollowerTest {
    private interface Answer {
        void to(HttpExchange x) throws IOException;
    }

    private interface Case {
        void run() throws Exception;
    }

    private static HttpServer server;
    private static volatile Answer answer;
    private static final List<String> requests = new ArrayList<>();
    private static ByteArrayOutputStream console;

    public static void main(String[] args) throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", x -> {
            synchronized (requests) {
                requests.add(x.getRequestMethod() + " " + x.getRequestURI());
            }
            x.getRequestBody().readAllBytes();
            answer.to(x);
            x.close();
        });
        server.start();
        check("a success, its log in parts", FollowerTest::success);
        check("a log over the limit", FollowerTest::capped);
        check("unchanged, superseded, nothing, failed", FollowerTest::ends);
        check("a proxy's page, then silence", FollowerTest::unwell);
        check("refusals", FollowerTest::refusals);
        check("an answer that never ends", FollowerTest::endless);
        check("an abort", FollowerTest::aborted);
        check("names", FollowerTest::names);
        System.exit(0);
    }

    private static void check(String name, Case c) throws Exception {
        requests.clear();
        console = new ByteArrayOutputStream();
        c.run();
        System.out.println("ok " + name);
    }

    private static void success() throws Exception {
        StringBuilder want = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            want.append("line ").append(i).append('\n');
        }
        answer = x -> {
            String path = x.getRequestURI().toString();
            int from = path.contains("after=1-") ? Integer.parseInt(path.substring(path.indexOf("1-") + 2)) : 0;
            if (path.contains("/log")) {
                String[] lines = want.toString().split("(?<=\n)");
                int to = Math.min(lines.length, from + 100);
                part(x, String.join("", java.util.Arrays.copyOfRange(lines, from, to)), "1-" + to, "succeeded", to < lines.length);
            } else {
                usual(x, "succeeded");
            }
        };
        Follower f = follower(new Follower.Asked());
        f.run((number, link) -> equal(link, url() + "/builds/7"));
        equal(f.result(), "SUCCESS");
        equal(f.image, "r.example/shop/cart:main-1@sha256:1");
        equal(console(), "Slipway: build 7 of shop/cart: " + url() + "/builds/7\n" + want);
    }

    private static void capped() throws Exception {
        answer = x -> {
            if (x.getRequestURI().toString().contains("/log")) {
                part(x, "one\ntwo\n\u001b[8mha:three\n", "1-1", "running", false);
            } else {
                usual(x, "failed");
            }
        };
        Follower.Asked a = new Follower.Asked();
        a.logLimit = 9;
        Follower f = follower(a);
        f.run((number, link) -> {});
        equal(f.result() + " " + f.reason, "FAILURE [8mha:because");
        equal(console(), "Slipway: build 7 of shop/cart: " + url() + "/builds/7\none\ntwo\n… the log is longer than 9 characters; the rest: " + url() + "/builds/7\n");
    }

    private static void ends() throws Exception {
        String[][] cases = {
            {"{'state':'expanded','builds':[],'unchanged':[{'service':'shop/cart','build':7}]}", "succeeded", "SUCCESS"},
            {"{'state':'expanded','builds':[{'service':'shop/cart','id':7,'state':'queued'}],'unchanged':[]}", "superseded", "NOT_BUILT"},
            {"{'state':'expanded','builds':[{'service':'shop/cart','id':7,'state':'queued'}],'unchanged':[]}", "cancelled", "ABORTED"},
            {"{'state':'expanded','builds':[{'service':'shop/other','id':8,'state':'queued'}],'unchanged':[]}", "", "NOT_BUILT"},
            {"{'state':'failed','note':'no service','builds':[],'unchanged':[]}", "", "FAILURE"},
        };
        for (String[] c : cases) {
            answer = x -> {
                if (x.getRequestURI().getPath().contains("/events/")) {
                    json(x, 200, c[0].replace('\'', '"'));
                } else if (x.getRequestURI().toString().contains("/log")) {
                    part(x, "", "0-0", c[1], false);
                } else {
                    usual(x, c[1]);
                }
            };
            Follower f = follower(new Follower.Asked());
            f.run((number, link) -> {});
            equal(f.result(), c[2]);
        }
    }

    private static void unwell() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        answer = x -> {
            if (asked.incrementAndGet() == 1) {
                say(x, 503, "text/html", "<html>Service Unavailable</html>");
            } else if (asked.get() == 2) {
                throw new IOException("the connection breaks");
            } else if (x.getRequestURI().toString().contains("/log")) {
                part(x, "", "0-0", "succeeded", false);
            } else {
                usual(x, "succeeded");
            }
        };
        Follower f = follower(new Follower.Asked());
        f.run((number, link) -> {});
        equal(f.result(), "SUCCESS");
        holds(console(), "HTTP 503; trying again");
        if (console().contains("<html>")) {
            throw new AssertionError(console());
        }
        Follower.Asked a = new Follower.Asked();
        a.patienceMs = 0;
        answer = x -> say(x, 503, "text/html", "<html>Service Unavailable</html>");
        refused(follower(a), "HTTP 503");
    }

    private static void refusals() throws Exception {
        answer = x -> json(x, 401, "{\"title\":\"there is no such token\"}");
        refused(follower(new Follower.Asked()), "there is no such token; is the token one of this server");
        answer = x -> json(x, 404, "{\"title\":\"there is no service\",\"hint\":\"look\"}");
        refused(follower(new Follower.Asked()), "there is no service (look)");
        answer = x -> say(x, 200, "text/html", "<html>hello</html>");
        refused(follower(new Follower.Asked()), "not as Slipway does");
        answer = x -> {
            x.getResponseHeaders().set("Location", "http://elsewhere.example/");
            say(x, 302, "text/html", "moved");
        };
        refused(follower(new Follower.Asked()), "with a redirect to http://elsewhere.example/");
    }

    private static void endless() throws Exception {
        answer = x -> {
            x.getResponseHeaders().set("Content-Type", "application/json");
            x.sendResponseHeaders(200, 0);
            OutputStream out = x.getResponseBody();
            while (true) {
                out.write(new byte[1 << 16]);
            }
        };
        Follower.Asked a = new Follower.Asked();
        a.patienceMs = 0;
        refused(follower(a), "longer than 4194304 bytes");
    }

    private static void aborted() throws Exception {
        Thread follows = Thread.currentThread();
        answer = x -> {
            if (x.getRequestURI().toString().contains("/log")) {
                part(x, "", "0-0", "running", false);
                follows.interrupt();
            } else {
                usual(x, "running");
            }
        };
        try {
            follower(new Follower.Asked()).run((number, link) -> {});
            throw new AssertionError("it was not interrupted");
        } catch (InterruptedException e) {
            equal(requests.get(requests.size() - 1), "POST /api/v1/builds/7/cancel");
            holds(console(), "Slipway: build 7 is cancelled");
        }
    }

    private static void names() {
        equal(Names.branch("origin/feature/x"), "feature/x");
        equal(Names.branch(null), "");
        equal(Names.problem("shop/cart", "https://ci.example/x"), null);
        holds(Names.problem("cart", "https://ci.example"), "TEAM/NAME");
        holds(Names.problem("shop/cart", "https://a:b@ci.example"), "not Slipway's URL");
        equal(Names.tokenProblem("", "https://ci.example", false), null);
        equal(Names.tokenProblem(" https://ci.example/ ", "https://ci.example", false), null);
        equal(Names.tokenProblem("https://other.example", "https://ci.example", true), null);
        holds(Names.tokenProblem("https://other.example", "https://ci.example", false), "alone");
        holds(Names.tokenProblem("https://other.example", null, false), "alone");
        equal(Names.once("short"), "short");
        equal(Names.once("x".repeat(201)).length(), 72);
    }

    private static Follower follower(Follower.Asked a) throws Exception {
        a.service = "shop/cart";
        a.once = "once";
        return new Follower(new Rest(url(), "slw_x"), a, new PrintStream(console, true, "UTF-8"));
    }

    private static String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static String console() {
        return new String(console.toByteArray(), StandardCharsets.UTF_8);
    }

    /** Answers all but the log: an event, its build, and how that stands. */
    private static void usual(HttpExchange x, String state) throws IOException {
        String path = x.getRequestURI().getPath();
        if (path.endsWith("/services/cart/builds")) {
            json(x, 202, "{\"event\":3}");
        } else if (path.contains("/events/")) {
            json(x, 200, "{\"state\":\"expanded\",\"builds\":[{\"id\":7,\"service\":\"shop/cart\",\"state\":\"queued\"}],\"unchanged\":[]}");
        } else {
            json(x, 200, "{\"id\":7,\"state\":\"" + state + "\",\"reason\":\"\\u001b[8mha:because\","
                + "\"image\":{\"repository\":\"r.example/shop/cart\",\"tag\":\"main-1\",\"digest\":\"sha256:1\"}}");
        }
    }

    private static void part(HttpExchange x, String text, String next, String state, boolean more) throws IOException {
        x.getResponseHeaders().set("Slipway-Next", next);
        x.getResponseHeaders().set("Slipway-State", state);
        x.getResponseHeaders().set("Slipway-More", Boolean.toString(more));
        say(x, 200, "text/plain; charset=utf-8", text);
    }

    private static void json(HttpExchange x, int status, String text) throws IOException {
        say(x, status, "application/json", text);
    }

    private static void say(HttpExchange x, int status, String kind, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        x.getResponseHeaders().set("Content-Type", kind);
        x.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            x.getResponseBody().write(bytes);
        }
    }

    private static void refused(Follower f, String want) throws Exception {
        try {
            f.run((number, link) -> {});
        } catch (Rest.Refused e) {
            holds(e.getMessage(), want);
            return;
        }
        throw new AssertionError("it was not refused: " + want);
    }

    private static void equal(Object got, Object want) {
        if (!java.util.Objects.equals(got, want)) {
            throw new AssertionError("got " + got + "\nwant " + want);
        }
    }

    private static void holds(String got, String want) {
        if (!got.contains(want)) {
            throw new AssertionError(got + "\nhas no " + want);
        }
    }
}
