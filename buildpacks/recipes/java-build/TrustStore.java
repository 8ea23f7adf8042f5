import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;

/**
 * TrustStore BUNDLE STORE: writes the certificates of a PEM bundle as a trust
 * store that is the same each time. keytool and the KeyStore class give every
 * entry the time of day; so the form "JKS", which every Java reads, is written
 * here: a header, the certificates, a digest over both and the password.
 */
final class TrustStore {
    private static final int MAGIC = 0xfeedfeed;
    private static final int FORM = 2;
    private static final int TRUSTED = 2;
    private static final long TIME = 1_000_000_000_000L; // of all files of a stack image, ms
    private static final String PASSWORD = "changeit"; // that Java itself expects

    public static void main(String[] args) throws IOException, GeneralSecurityException {
        Collection<? extends Certificate> certificates;
        try (var in = Files.newInputStream(Path.of(args[0]))) {
            certificates = CertificateFactory.getInstance("X.509").generateCertificates(in);
        }
        var store = new ByteArrayOutputStream();
        write(new DataOutputStream(store), certificates);
        var digest = MessageDigest.getInstance("SHA-1");
        digest.update(PASSWORD.getBytes(StandardCharsets.UTF_16BE));
        digest.update("Mighty Aphrodite".getBytes(StandardCharsets.UTF_8));
        store.write(digest.digest(store.toByteArray()));
        Files.write(Path.of(args[1]), store.toByteArray());
    }

    private static void write(DataOutputStream out, Collection<? extends Certificate> certificates)
            throws IOException, GeneralSecurityException {
        out.writeInt(MAGIC);
        out.writeInt(FORM);
        out.writeInt(certificates.size());
        int n = 0;
        for (Certificate certificate : certificates) {
            byte[] encoded = certificate.getEncoded();
            out.writeInt(TRUSTED);
            out.writeUTF("debian:" + n++);
            out.writeLong(TIME);
            out.writeUTF("X.509");
            out.writeInt(encoded.length);
            out.write(encoded);
        }
    }
}
