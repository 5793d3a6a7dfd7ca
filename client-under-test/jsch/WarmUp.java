import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.Cipher;
import com.jcraft.jsch.ECDH;
import com.jcraft.jsch.HASH;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.MAC;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SignatureECDSA;
import com.jcraft.jsch.SignatureRSA;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPrivateKey;

/**
 * The first handshakes of a virtual machine take it half a second each, for classes that are loaded, providers
 * that are looked for, and code that isn't compiled yet. That is no task's time.
 */
final class WarmUp {
    private static final int ROUNDS = 4;

    private WarmUp() {
    }

    /** Does what a handshake does, without a server. */
    static void everything() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        for (int i = 0; i < ROUNDS; i++) {
            agree();
            sign((RSAPrivateKey) pair.getPrivate());
            encipher();
        }
        new JSch().getSession("user", "127.0.0.1", 1).disconnect();
        Class.forName(ChannelExec.class.getName());
        Class.forName(Session.class.getName());
    }

    private static <T> T made(String name, Class<T> type) throws ReflectiveOperationException {
        return type.cast(Class.forName(JSch.getConfig(name)).getDeclaredConstructor().newInstance());
    }

    private static void agree() throws Exception {
        ECDH ours = made("ecdh-sha2-nistp", ECDH.class);
        ours.init(256);
    }

    private static void sign(RSAPrivateKey key) throws Exception {
        SignatureRSA signature = made("signature.rsa", SignatureRSA.class);
        signature.init();
        signature.setPrvKey(key.getPrivateExponent().toByteArray(), key.getModulus().toByteArray());
        signature.update(new byte[64]);
        signature.sign();
        SignatureECDSA checked = made("ecdsa-sha2-nistp256", SignatureECDSA.class);
        checked.init();
    }

    private static void encipher() throws Exception {
        Cipher cipher = made("aes128-ctr", Cipher.class);
        cipher.init(Cipher.ENCRYPT_MODE, new byte[16], new byte[16]);
        cipher.update(new byte[4096], 0, 4096, new byte[4096], 0);
        MAC mac = made("hmac-sha2-256", MAC.class);
        mac.init(new byte[32]);
        mac.update(BigInteger.ONE.toByteArray(), 0, 1);
        HASH hash = made("sha-256", HASH.class);
        hash.init();
        hash.update(new byte[64], 0, 64);
        hash.digest();
    }
}
