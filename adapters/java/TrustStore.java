import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;

/**
 * TrustStore BUNDLE STORE: writes the certificates of a PEM bundle as a trust
 * store of the form "JKS", which every Java reads: a header, the certificates,
 * a digest over both and the password. Nothing here parses a certificate, and
 * keytool, which does, takes longer for one than this for all.
 */
final class TrustStore {
    public static void main(String[] args) throws Exception {
        String[] parts = Files.readString(Path.of(args[0]), StandardCharsets.ISO_8859_1).split("-----BEGIN CERTIFICATE-----");
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeInt(0xfeedfeed);
        out.writeInt(2); // version of the form
        out.writeInt(parts.length - 1);
        for (int i = 1; i < parts.length; i++) {
            byte[] der = Base64.getMimeDecoder().decode(parts[i].substring(0, parts[i].indexOf("-----END")));
            out.writeInt(2); // a trusted certificate
            out.writeUTF("ca" + i);
            out.writeLong(0);
            out.writeUTF("X.509");
            out.writeInt(der.length);
            out.write(der);
        }
        var digest = MessageDigest.getInstance("SHA-1");
        digest.update("changeit".getBytes(StandardCharsets.UTF_16BE));
        digest.update("Mighty Aphrodite".getBytes(StandardCharsets.UTF_8));
        out.write(digest.digest(bytes.toByteArray()));
        Files.write(Path.of(args[1]), bytes.toByteArray());
    }
}
