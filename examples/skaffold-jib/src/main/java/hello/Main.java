package hello;

public class Main {
    public static void main(String[] arguments) {
        System.out.println(System.getenv("GREETING") + " from Java " + System.getProperty("java.version"));
    }
}
