package interop;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The line protocol of an adapter, as protocol.ts describes it. */
final class Lines {
  private static final Gson GSON = new GsonBuilder().serializeNulls().create();

  /** The client cannot express what it was asked for. */
  static final class Unsupported extends RuntimeException {
    Unsupported(String what) {
      super(what);
    }
  }

  /** One request: its fields by name. */
  record Asks(Map<String, Object> fields) {
    String text(String name) {
      return (String) fields.get(name);
    }

    boolean has(String name) {
      return fields.get(name) != null;
    }

    int number(String name) {
      return ((Number) fields.get(name)).intValue();
    }

    boolean flag(String name) {
      return Boolean.TRUE.equals(fields.get(name));
    }

    Map<String, Object> map(String name) {
      return mapOf(fields.get(name));
    }

    List<Object> list(String name) {
      return listOf(fields.get(name));
    }
  }

  interface Handler {
    Map<String, Object> handle(String operation, Asks asks) throws Exception;
  }

  static final Map<String, Object> DONE = Map.of();

  @SuppressWarnings("unchecked")
  static Map<String, Object> mapOf(Object value) {
    return value == null ? Map.of() : (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked")
  static List<Object> listOf(Object value) {
    return value == null ? List.of() : (List<Object>) value;
  }

  static byte[] octets(Object hex) {
    return HexFormat.of().parseHex((String) hex);
  }

  static String hex(byte[] octets) {
    return HexFormat.of().formatHex(octets);
  }

  static List<Object> value(Object... parts) {
    return List.of(parts);
  }

  /** Answers the requests on standard input, one after the other, until it ends. */
  static void serve(Handler handler) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Asks asks = new Asks(mapOf(GSON.fromJson(line, Map.class)));
      Map<String, Object> answer = new LinkedHashMap<>();
      try {
        answer.put("ok", handler.handle(asks.text("op"), asks));
      } catch (Unsupported why) {
        answer.put("unsupported", why.getMessage());
      } catch (Throwable error) {
        Throwable told = error.getMessage() == null && error.getCause() != null ? error.getCause() : error;
        answer.put("error", told.getClass().getSimpleName() + " " + told.getMessage());
      }
      out.println(GSON.toJson(answer));
    }
    System.exit(0);
  }

  private Lines() {}
}
