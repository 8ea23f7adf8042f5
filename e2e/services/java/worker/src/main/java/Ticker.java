import java.time.Duration;

/** Ticks until it is told to stop. */
public class Ticker {

    public static void main(String[] args) throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("stopped")));
        for (int n = 1; ; n++) {
            System.out.println("tick " + n);
            Thread.sleep(Duration.ofSeconds(1).toMillis());
        }
    }
}
