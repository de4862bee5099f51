// What the Java clients have in common: each check is told, and one that fails keeps no other from being made.
import java.util.Objects;

final class Checks {
    interface Work {
        void run() throws Exception;
    }

    private static int compared = 0;
    private static String within = "";

    static void story(String name, Work work) {
        within = name;
        try {
            work.run();
        } catch (Throwable failure) {
            Throwable cause = failure;
            while (cause.getCause() != null)
                cause = cause.getCause();
            different("it ended with " + failure + " because of " + cause);
        }
    }

    static void equal(String what, Object expected, Object found) {
        check(what + ": " + found + ", expected was " + expected, Objects.equals(expected, found));
    }

    static void check(String what, boolean holds) {
        if (holds)
            ++compared;
        else
            different(what);
    }

    private static void different(String what) {
        ++compared;
        System.out.println("DIFFERENT " + within + ": " + what.replace('\n', ' '));
    }

    static void end() {
        System.out.println("COMPARED " + compared);
    }
}
