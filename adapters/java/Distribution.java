import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.ZipInputStream;

/**
 * Distribution ADDRESS SHA256 MIRROR CACHE TARGET: fetches a distribution of
 * Gradle and unpacks it, without its first directory, into TARGET. SHA256 may
 * be empty; MIRROR is a file with the address of a directory that is asked
 * first, and may be missing. An ADDRESS without a scheme is a file of the
 * repository. What was fetched is kept in CACHE, as the only one.
 */
final class Distribution {
    private static final int TRIES = 4;
    private static final int REDIRECTS = 5;

    /** What the other side answered, which asking again does not change. */
    private static final class Refused extends IOException {
        final int status;

        Refused(String address, int status) {
            super(address + " answered " + status);
            this.status = status;
        }
    }

    public static void main(String[] args) throws Exception {
        String address = args[0];
        String want = args[1].toLowerCase();
        Path cache = Path.of(args[3]);
        try {
            Path zip = Path.of(address);
            if (address.contains("://")) {
                zip = cache.resolve(hex(MessageDigest.getInstance("SHA-256").digest(address.getBytes(StandardCharsets.UTF_8))) + ".zip");
                if (!Files.exists(zip) || !want.isEmpty() && !want.equals(sum(zip))) {
                    fetch(address, Path.of(args[2]), zip);
                }
            }
            String have = sum(zip);
            if (!want.isEmpty() && !want.equals(have)) {
                Files.delete(zip);
                throw new IOException("the SHA-256 of " + address + " is " + have + ", not " + want + " as gradle-wrapper.properties says");
            }
            System.err.println(address + " has the SHA-256 " + have + (want.isEmpty() ? ", which nobody checked" : ", as it should"));
            unpack(zip, Path.of(args[4]));
        } catch (IOException e) {
            System.err.println("Gradle cannot be had: " + e.getMessage());
            System.exit(1);
        }
    }

    /** Asks the organisation's mirror where there is one, and what the mirror does not have of the address itself. */
    private static void fetch(String address, Path mirror, Path zip) throws Exception {
        Files.createDirectories(zip.getParent());
        try (var old = Files.newDirectoryStream(zip.getParent())) {
            for (Path file : old) {
                Files.delete(file);
            }
        }
        if (Files.exists(mirror)) {
            String base = Files.readString(mirror).strip();
            try {
                download(base.replaceAll("/+$", "") + address.substring(address.lastIndexOf('/')), zip);
                return;
            } catch (Refused e) {
                if (e.status != HttpURLConnection.HTTP_NOT_FOUND) {
                    throw e;
                }
                System.err.println(e.getMessage());
            }
        }
        download(address, zip);
    }

    /** Tries more than once, with growing pauses. */
    private static void download(String address, Path zip) throws Exception {
        IOException last = null;
        for (int i = 0; i < TRIES; i++) {
            if (i > 0) {
                System.err.println("once more: " + last.getMessage());
                Thread.sleep(500L << i);
            }
            System.err.println("fetching " + address);
            try (InputStream in = open(URI.create(address), 0)) {
                Path part = zip.resolveSibling(zip.getFileName() + ".part");
                Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
                Files.move(part, zip, StandardCopyOption.ATOMIC_MOVE);
                return;
            } catch (Refused e) {
                if (e.status < 500 && e.status != 429) {
                    throw e;
                }
                last = e;
            } catch (IOException e) {
                last = new IOException(address + " could not be reached: " + e.getMessage());
            }
        }
        throw last;
    }

    /** Follows redirects by hand: each host is shown its own login alone, and none of them leads away from TLS. */
    private static InputStream open(URI address, int redirects) throws IOException {
        var c = (HttpURLConnection) address.toURL().openConnection();
        c.setInstanceFollowRedirects(false);
        c.setConnectTimeout(30_000);
        c.setReadTimeout(60_000);
        String login = login(address);
        if (login != null && address.getScheme().equals("https")) {
            c.setRequestProperty("Authorization", "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
        }
        int status = c.getResponseCode();
        if (List.of(301, 302, 303, 307, 308).contains(status) && c.getHeaderField("Location") != null && redirects < REDIRECTS) {
            URI next = address.resolve(c.getHeaderField("Location"));
            if (!"https".equals(next.getScheme()) && !address.getScheme().equals(next.getScheme())) {
                throw new Refused(address + ", which sends to " + next + " without TLS,", status);
            }
            return open(next, redirects + 1);
        }
        if (status != HttpURLConnection.HTTP_OK) {
            throw new Refused(address.toString(), status);
        }
        return c.getInputStream();
    }

    /** USER:PASSWORD of the netrc file for a host, null when there is none. */
    private static String login(URI address) throws IOException {
        Path netrc = Path.of("/root/.netrc");
        if (!Files.exists(netrc)) {
            return null;
        }
        String user = null;
        String password = null;
        boolean meant = false;
        String[] words = Files.readString(netrc).split("\\s+");
        for (int i = 0; i + 1 < words.length; i++) {
            switch (words[i]) {
                case "machine" -> {
                    if (meant) {
                        return user + ":" + password;
                    }
                    i++;
                    meant = words[i].equals(address.getHost()) || words[i].equals(address.getAuthority());
                }
                case "login" -> user = words[++i];
                case "password" -> password = words[++i];
                case "default" -> {
                    if (meant) {
                        return user + ":" + password;
                    }
                }
                default -> { }
            }
        }
        return meant ? user + ":" + password : null;
    }

    private static void unpack(Path zip, Path target) throws IOException {
        int files = 0;
        try (var in = new ZipInputStream(Files.newInputStream(zip))) {
            for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                String name = entry.getName().substring(entry.getName().indexOf('/') + 1);
                Path file = target.resolve(name).normalize();
                if (entry.isDirectory() || name.isEmpty()) {
                    continue;
                }
                if (!file.startsWith(target)) {
                    throw new IOException(entry.getName() + " in the distribution leads out of it");
                }
                Files.createDirectories(file.getParent());
                Files.copy(in, file);
                files++;
            }
        }
        Path start = target.resolve("bin/gradle");
        if (files == 0 || !Files.exists(start)) {
            throw new IOException("what was fetched is no distribution of Gradle: it has no bin/gradle");
        }
        start.toFile().setExecutable(true, false);
    }

    private static String sum(Path file) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        try (var in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        }
        return hex(digest.digest());
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
