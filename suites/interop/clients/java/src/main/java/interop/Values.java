package interop;

import static interop.Lines.hex;
import static interop.Lines.listOf;
import static interop.Lines.mapOf;
import static interop.Lines.octets;
import static interop.Lines.value;

import interop.Lines.Unsupported;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.qpid.protonj2.client.AdvancedMessage;
import org.apache.qpid.protonj2.types.Binary;
import org.apache.qpid.protonj2.types.Decimal128;
import org.apache.qpid.protonj2.types.Decimal32;
import org.apache.qpid.protonj2.types.Decimal64;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.UnsignedByte;
import org.apache.qpid.protonj2.types.UnsignedInteger;
import org.apache.qpid.protonj2.types.UnsignedLong;
import org.apache.qpid.protonj2.types.UnsignedShort;
import org.apache.qpid.protonj2.types.messaging.AmqpSequence;
import org.apache.qpid.protonj2.types.messaging.AmqpValue;
import org.apache.qpid.protonj2.types.messaging.ApplicationProperties;
import org.apache.qpid.protonj2.types.messaging.Data;
import org.apache.qpid.protonj2.types.messaging.Header;
import org.apache.qpid.protonj2.types.messaging.MessageAnnotations;
import org.apache.qpid.protonj2.types.messaging.Properties;
import org.apache.qpid.protonj2.types.messaging.Section;

/** Values and messages of ProtonJ2, as protocol.ts has them. */
final class Values {
  static Object encoded(List<Object> given) {
    String text = given.size() > 1 ? String.valueOf(given.get(1)) : "";
    return switch ((String) given.get(0)) {
      case "null" -> null;
      case "boolean" -> given.get(1);
      case "string" -> text;
      case "symbol" -> Symbol.valueOf(text);
      case "ubyte" -> UnsignedByte.valueOf(text);
      case "ushort" -> UnsignedShort.valueOf(text);
      case "uint" -> UnsignedInteger.valueOf(text);
      case "ulong" -> UnsignedLong.valueOf(text);
      case "byte" -> Byte.valueOf(text);
      case "short" -> Short.valueOf(text);
      case "int" -> Integer.valueOf(text);
      case "long" -> Long.valueOf(text);
      case "float" -> ((Number) given.get(1)).floatValue();
      case "double" -> given.get(1);
      case "decimal32" -> new Decimal32(new BigInteger(text, 16).intValue());
      case "decimal64" -> new Decimal64(new BigInteger(text, 16).longValue());
      case "decimal128" -> new Decimal128(octets(text));
      case "char" -> (char) ((Number) given.get(1)).intValue();
      case "uuid" -> UUID.fromString(text);
      case "binary" -> new Binary(octets(text));
      case "timestamp" -> new Date(Long.parseLong(text));
      case "list" -> list(given.get(1));
      case "map" -> {
        Map<Object, Object> made = new LinkedHashMap<>();
        for (Object pair : listOf(given.get(1))) made.put(encoded(listOf(listOf(pair).get(0))), encoded(listOf(listOf(pair).get(1))));
        yield made;
      }
      case "array" -> array(text, list(given.get(2)));
      default -> throw new Unsupported("it has no " + given.get(0));
    };
  }

  private static List<Object> list(Object given) {
    List<Object> made = new ArrayList<>();
    for (Object each : listOf(given)) made.add(encoded(listOf(each)));
    return made;
  }

  private static Object array(String kind, List<Object> content) {
    return switch (kind) {
      case "int" -> content.toArray(new Integer[0]);
      case "long" -> content.toArray(new Long[0]);
      case "string" -> content.toArray(new String[0]);
      case "symbol" -> content.toArray(new Symbol[0]);
      default -> throw new Unsupported("it has no array of " + kind);
    };
  }

  static List<Object> decoded(Object given) {
    if (given == null) return value("null");
    if (given instanceof Boolean) return value("boolean", given);
    if (given instanceof String) return value("string", given);
    if (given instanceof Symbol) return value("symbol", given.toString());
    if (given instanceof UnsignedByte number) return value("ubyte", String.valueOf(number.intValue()));
    if (given instanceof UnsignedShort number) return value("ushort", String.valueOf(number.intValue()));
    if (given instanceof UnsignedInteger number) return value("uint", String.valueOf(number.longValue()));
    if (given instanceof UnsignedLong number) return value("ulong", number.bigIntegerValue().toString());
    if (given instanceof Byte || given instanceof Short || given instanceof Long) return value(given.getClass().getSimpleName().toLowerCase(), given.toString());
    if (given instanceof Integer) return value("int", given.toString());
    if (given instanceof Float || given instanceof Double) return value(given.getClass().getSimpleName().toLowerCase(), given);
    if (given instanceof Decimal32 number) return value("decimal32", String.format("%08x", number.getBits()));
    if (given instanceof Decimal64 number) return value("decimal64", String.format("%016x", number.getBits()));
    if (given instanceof Decimal128 number) return value("decimal128", hex(number.asBytes()));
    if (given instanceof Character letter) return value("char", (int) letter);
    if (given instanceof UUID) return value("uuid", given.toString());
    if (given instanceof Binary octets) return value("binary", hex(octets.asByteArray()));
    if (given instanceof byte[] octets) return value("binary", hex(octets));
    if (given instanceof Date moment) return value("timestamp", String.valueOf(moment.getTime()));
    if (given instanceof List<?> list) return value("list", list.stream().map(Values::decoded).toList());
    if (given instanceof Map<?, ?> map) {
      return value("map", map.entrySet().stream().map(entry -> List.of(decoded(entry.getKey()), decoded(entry.getValue()))).toList());
    }
    if (given instanceof int[] numbers) return value("array", "", Arrays.stream(numbers).mapToObj(Values::decoded).toList());
    if (given instanceof long[] numbers) return value("array", "", Arrays.stream(numbers).mapToObj(Values::decoded).toList());
    if (given instanceof Object[] content) return value("array", "", Arrays.stream(content).map(Values::decoded).toList());
    return value(given.getClass().getSimpleName(), given.toString());
  }

  static Map<String, Object> all(Map<String, Object> given) {
    Map<String, Object> made = new LinkedHashMap<>();
    given.forEach((name, each) -> made.put(name, encoded(listOf(each))));
    return made;
  }

  static AdvancedMessage<Object> outgoing(Map<String, Object> given) throws Exception {
    AdvancedMessage<Object> made = AdvancedMessage.create();
    Map<String, Object> header = mapOf(given.get("header"));
    if (!header.isEmpty()) {
      Header told = new Header();
      if (header.containsKey("durable")) told.setDurable(Boolean.TRUE.equals(header.get("durable")));
      if (header.containsKey("priority")) told.setPriority(((Number) header.get("priority")).byteValue());
      if (header.containsKey("ttl")) told.setTimeToLive(((Number) header.get("ttl")).longValue());
      made.header(told);
    }
    if (given.containsKey("annotations")) {
      Map<Symbol, Object> annotations = new LinkedHashMap<>();
      all(mapOf(given.get("annotations"))).forEach((name, each) -> annotations.put(Symbol.valueOf(name), each));
      made.annotations(new MessageAnnotations(annotations));
    }
    if (given.containsKey("properties")) made.properties(properties(mapOf(given.get("properties"))));
    if (given.containsKey("application")) made.applicationProperties(new ApplicationProperties(all(mapOf(given.get("application")))));
    Map<String, Object> body = mapOf(given.get("body"));
    if (body.containsKey("value")) made.addBodySection(new AmqpValue<>(encoded(listOf(body.get("value")))));
    for (Object each : listOf(body.get("sequence"))) made.addBodySection(new AmqpSequence<>(list(each)));
    for (Object each : listOf(body.get("data"))) made.addBodySection(new Data(octets(each)));
    return made;
  }

  private static Properties properties(Map<String, Object> given) {
    Properties made = new Properties();
    given.forEach((name, each) -> {
      Object content = encoded(listOf(each));
      switch (name) {
        case "messageId" -> made.setMessageId(content);
        case "correlationId" -> made.setCorrelationId(content);
        case "userId" -> made.setUserId((Binary) content);
        case "to" -> made.setTo((String) content);
        case "subject" -> made.setSubject((String) content);
        case "replyTo" -> made.setReplyTo((String) content);
        case "contentType" -> made.setContentType(content.toString());
        case "contentEncoding" -> made.setContentEncoding(content.toString());
        case "absoluteExpiryTime" -> made.setAbsoluteExpiryTime(((Date) content).getTime());
        case "creationTime" -> made.setCreationTime(((Date) content).getTime());
        case "groupId" -> made.setGroupId((String) content);
        case "groupSequence" -> made.setGroupSequence(((Number) content).longValue());
        case "replyToGroupId" -> made.setReplyToGroupId((String) content);
        default -> throw new Unsupported("it has no property " + name);
      }
    });
    return made;
  }

  static Map<String, Object> incoming(AdvancedMessage<Object> given) throws Exception {
    Map<String, Object> header = new LinkedHashMap<>();
    if (given.header() != null) {
      header.put("durable", given.header().isDurable());
      header.put("priority", given.header().getPriority());
      header.put("ttl", given.header().getTimeToLive());
    }
    Map<String, Object> annotations = new LinkedHashMap<>();
    if (given.annotations() != null && given.annotations().getValue() != null) {
      given.annotations().getValue().forEach((name, each) -> annotations.put(name.toString(), decoded(each)));
    }
    Map<String, Object> application = new LinkedHashMap<>();
    if (given.applicationProperties() != null && given.applicationProperties().getValue() != null) {
      given.applicationProperties().getValue().forEach((name, each) -> application.put(name, decoded(each)));
    }
    Map<String, Object> properties = given.properties() == null ? Map.of() : told(given.properties());
    return Map.of("header", header, "annotations", annotations, "properties", properties, "application", application, "body", body(given));
  }

  private static Map<String, Object> body(AdvancedMessage<Object> given) throws Exception {
    List<Object> data = new ArrayList<>();
    List<Object> sequence = new ArrayList<>();
    for (Section<?> each : given.bodySections()) {
      if (each instanceof AmqpValue<?> single) return Map.of("value", decoded(single.getValue()));
      if (each instanceof Data octets) data.add(hex(octets.getValue()));
      if (each instanceof AmqpSequence<?> list) sequence.add(list.getValue().stream().map(Values::decoded).toList());
    }
    return sequence.isEmpty() ? Map.of("data", data) : Map.of("sequence", sequence);
  }

  private static Map<String, Object> told(Properties given) {
    Map<String, Object> found = new LinkedHashMap<>();
    put(found, "messageId", given.getMessageId());
    put(found, "correlationId", given.getCorrelationId());
    put(found, "userId", given.getUserId());
    put(found, "to", given.getTo());
    put(found, "subject", given.getSubject());
    put(found, "replyTo", given.getReplyTo());
    put(found, "groupId", given.getGroupId());
    put(found, "replyToGroupId", given.getReplyToGroupId());
    if (given.getContentType() != null) found.put("contentType", value("text", given.getContentType()));
    if (given.getContentEncoding() != null) found.put("contentEncoding", value("text", given.getContentEncoding()));
    if (given.hasGroupSequence()) found.put("groupSequence", value("uint", String.valueOf(given.getGroupSequence())));
    if (given.hasAbsoluteExpiryTime()) found.put("absoluteExpiryTime", value("timestamp", String.valueOf(given.getAbsoluteExpiryTime())));
    if (given.hasCreationTime()) found.put("creationTime", value("timestamp", String.valueOf(given.getCreationTime())));
    return found;
  }

  private static void put(Map<String, Object> found, String name, Object content) {
    if (content != null) found.put(name, decoded(content));
  }

  private Values() {}
}
