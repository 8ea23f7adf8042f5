package slipway.jenkins;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What names look like. */
final class Names {
    private static final int MOST_ONCE = 200; // bytes that Slipway takes

    private Names() {}

    static boolean named(String text) {
        return text != null && !text.trim().isEmpty();
    }

    /** What is wrong with the two, null for nothing. */
    static String problem(String service, String server) {
        String problem = serviceProblem(service);
        return problem != null ? problem : serverProblem(server);
    }

    static String serviceProblem(String service) {
        return service.matches("[a-z0-9-]+/[a-z0-9-]+") ? null : "Service is '" + service + "'; write TEAM/NAME";
    }

    static String serverProblem(String url) {
        return url.matches("https?://[^/?#@\\s]+(/[^?#\\s]*)?") ? null : "'" + url + "' is not Slipway's URL; write http(s)://HOST, without a user, here or in the system's configuration";
    }

    /** Why a job has no token for its URL, null for none: who may configure a job may name any, and is not to be sent the system's token there. */
    static String tokenProblem(String own, String common, boolean hasToken) {
        if (hasToken || !named(own) || server(own).equals(server(common))) {
            return null;
        }
        return "this job names a URL of its own and no token for it; the system's token goes to the system's URL alone";
    }

    /** A server's URL as it is used. */
    static String server(String url) {
        return url == null ? "" : url.trim().replaceAll("/+$", "");
    }

    /** The branch of what the git plugin calls GIT_BRANCH. */
    static String branch(String text) {
        return text == null ? "" : text.trim().replaceFirst("^(refs/remotes/)?origin/", "");
    }

    /** A text of at most 200 bytes that stands for another. */
    static String once(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= MOST_ONCE) {
            return text;
        }
        try {
            StringBuilder hex = new StringBuilder("jenkins ");
            for (byte b : MessageDigest.getInstance("SHA-256").digest(bytes)) {
                hex.append(String.format("%02x", b));
            }
            return hex.toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
