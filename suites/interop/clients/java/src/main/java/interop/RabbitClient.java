package interop;

import static interop.Lines.hex;
import static interop.Lines.listOf;
import static interop.Lines.mapOf;
import static interop.Lines.octets;
import static interop.Lines.value;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.LongString;
import interop.Lines.Asks;
import interop.Lines.Unsupported;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The Java client of 0-9-1. */
public final class RabbitClient {
  private Connection connection;
  private Channel consuming;
  private Channel publishing;
  private Channel transactional;
  private final Map<Integer, Long> outstanding = new HashMap<>();
  private final AtomicInteger returned = new AtomicInteger();
  private int count;

  public static void main(String[] arguments) throws Exception {
    RabbitClient client = new RabbitClient();
    Lines.serve(client::handle);
  }

  private Map<String, Object> handle(String operation, Asks asks) throws Exception {
    switch (operation) {
      case "hello":
        return Map.of("client", "rabbitmq-java", "version", com.rabbitmq.client.impl.ClientVersion.VERSION, "protocol", "0-9-1");
      case "connect":
        connect(asks);
        return Lines.DONE;
      case "declare":
        channel().queueDeclare(asks.text("queue"), false, false, false, null);
        if (asks.has("exchange")) {
          channel().exchangeDeclare(asks.text("exchange"), "fanout");
          channel().queueBind(asks.text("queue"), asks.text("exchange"), "");
        }
        return Lines.DONE;
      case "remove":
        if (asks.has("queue")) channel().queueDelete(asks.text("queue"));
        if (asks.has("exchange")) channel().exchangeDelete(asks.text("exchange"));
        return Lines.DONE;
      case "publish":
        return Map.of("outcomes", publish(asks));
      case "receive":
        return Map.of("deliveries", receive(asks));
      case "settle":
        settle(asks);
        return Lines.DONE;
      case "reply":
        return Map.of("address", channel().queueDeclare().getQueue());
      case "begin":
        transactional = connection.createChannel();
        transactional.txSelect();
        return Lines.DONE;
      case "commit":
        transactional.txCommit();
        return Lines.DONE;
      case "rollback":
        transactional.txRollback();
        return Lines.DONE;
      case "rest":
        rest();
        return Lines.DONE;
      case "close":
        connection.close();
        return Lines.DONE;
      default:
        throw new Unsupported("it has no " + operation);
    }
  }

  private void connect(Asks asks) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(asks.text("host"));
    factory.setPort(asks.number("port"));
    factory.setUsername(asks.text("user"));
    factory.setPassword(asks.text("password"));
    factory.setVirtualHost(asks.text("virtualHost"));
    factory.setAutomaticRecoveryEnabled(false);
    connection = factory.newConnection();
  }

  private Channel channel() throws IOException {
    if (consuming == null || !consuming.isOpen()) consuming = connection.createChannel();
    return consuming;
  }

  private Channel confirming() throws IOException {
    if (publishing == null || !publishing.isOpen()) {
      publishing = connection.createChannel();
      publishing.addReturnListener(back -> returned.incrementAndGet());
      publishing.confirmSelect();
    }
    return publishing;
  }

  private List<String> publish(Asks asks) throws Exception {
    if (asks.flag("settled")) throw new Unsupported("0-9-1 has no settled messages");
    boolean within = asks.flag("transaction");
    Channel channel = within ? transactional : confirming();
    Map<String, Object> to = asks.map("to");
    String exchange = (String) to.getOrDefault("exchange", "");
    String key = (String) (to.containsKey("exchange") ? to.get("key") : to.get("queue"));
    List<String> outcomes = new ArrayList<>();
    for (Object each : asks.list("messages")) {
      Map<String, Object> message = mapOf(each);
      int before = returned.get();
      channel.basicPublish(exchange, key, !within, propertiesOf(message), bodyOf(message));
      if (within) outcomes.add("sent");
      else if (!channel.waitForConfirms(10_000)) outcomes.add("rejected");
      else outcomes.add(returned.get() > before ? "released" : "accepted");
    }
    return outcomes;
  }

  private static byte[] bodyOf(Map<String, Object> message) throws IOException {
    Object data = mapOf(message.get("body")).get("data");
    if (data == null) throw new Unsupported("0-9-1 has octets alone as body");
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (Object part : listOf(data)) body.write(octets(part));
    return body.toByteArray();
  }

  private static BasicProperties propertiesOf(Map<String, Object> message) {
    BasicProperties.Builder made = new BasicProperties.Builder();
    mapOf(message.get("properties")).forEach((name, given) -> {
      String text = String.valueOf(listOf(given).get(1));
      switch (name) {
        case "contentType" -> made.contentType(text);
        case "contentEncoding" -> made.contentEncoding(text);
        case "correlationId" -> made.correlationId(text);
        case "replyTo" -> made.replyTo(text);
        case "expiration" -> made.expiration(text);
        case "messageId" -> made.messageId(text);
        case "type" -> made.type(text);
        case "userId" -> made.userId(text);
        case "appId" -> made.appId(text);
        case "timestamp" -> made.timestamp(new Date(Long.parseLong(text)));
        default -> throw new Unsupported("it has no property " + name);
      }
    });
    Map<String, Object> header = mapOf(message.get("header"));
    if (header.containsKey("durable")) made.deliveryMode(Boolean.TRUE.equals(header.get("durable")) ? 2 : 1);
    if (header.containsKey("priority")) made.priority(((Number) header.get("priority")).intValue());
    if (message.containsKey("application")) {
      Map<String, Object> headers = new LinkedHashMap<>();
      mapOf(message.get("application")).forEach((name, given) -> headers.put(name, encoded(listOf(given))));
      made.headers(headers);
    }
    return made.build();
  }

  private static Object encoded(List<Object> given) {
    String text = given.size() > 1 ? String.valueOf(given.get(1)) : "";
    return switch ((String) given.get(0)) {
      case "null" -> null;
      case "boolean" -> given.get(1);
      case "string" -> text;
      case "byte" -> Byte.valueOf(text);
      case "short" -> Short.valueOf(text);
      case "int" -> Integer.valueOf(text);
      case "long" -> Long.valueOf(text);
      case "float" -> ((Number) given.get(1)).floatValue();
      case "double" -> given.get(1);
      case "binary" -> octets(text);
      case "timestamp" -> new Date(Long.parseLong(text));
      case "decimal" -> new BigDecimal(new BigInteger((String) given.get(2)), ((Number) given.get(1)).intValue());
      case "list" -> listOf(given.get(1)).stream().map(each -> encoded(listOf(each))).toList();
      case "map" -> {
        Map<String, Object> made = new LinkedHashMap<>();
        for (Object pair : listOf(given.get(1))) made.put((String) listOf(listOf(pair).get(0)).get(1), encoded(listOf(listOf(pair).get(1))));
        yield made;
      }
      default -> throw new Unsupported("it has no " + given.get(0) + " in headers");
    };
  }

  private static List<Object> decoded(Object given) {
    if (given == null) return value("null");
    if (given instanceof Boolean) return value("boolean", given);
    if (given instanceof LongString text) return value("string", text.toString());
    if (given instanceof Byte || given instanceof Short || given instanceof Integer || given instanceof Long) {
      return value(given instanceof Integer ? "int" : given.getClass().getSimpleName().toLowerCase(), given.toString());
    }
    if (given instanceof Float number) return value("float", number);
    if (given instanceof Double number) return value("double", number);
    if (given instanceof byte[] octets) return value("binary", hex(octets));
    if (given instanceof Date moment) return value("timestamp", String.valueOf(moment.getTime()));
    if (given instanceof BigDecimal number) return value("decimal", number.scale(), number.unscaledValue().toString());
    if (given instanceof List<?> list) return value("list", list.stream().map(RabbitClient::decoded).toList());
    if (given instanceof Map<?, ?> map) {
      return value("map", map.entrySet().stream().map(entry -> List.of(value("string", entry.getKey()), decoded(entry.getValue()))).toList());
    }
    return value(given.getClass().getSimpleName(), given.toString());
  }

  private static Map<String, Object> told(BasicProperties given, byte[] body) {
    Map<String, Object> properties = new LinkedHashMap<>();
    put(properties, "contentType", given.getContentType());
    put(properties, "contentEncoding", given.getContentEncoding());
    put(properties, "correlationId", given.getCorrelationId());
    put(properties, "replyTo", given.getReplyTo());
    put(properties, "expiration", given.getExpiration());
    put(properties, "messageId", given.getMessageId());
    put(properties, "type", given.getType());
    put(properties, "userId", given.getUserId());
    put(properties, "appId", given.getAppId());
    if (given.getTimestamp() != null) properties.put("timestamp", value("timestamp", String.valueOf(given.getTimestamp().getTime())));
    Map<String, Object> header = new LinkedHashMap<>();
    if (given.getDeliveryMode() != null) header.put("durable", given.getDeliveryMode() == 2);
    if (given.getPriority() != null) header.put("priority", given.getPriority());
    Map<String, Object> application = new LinkedHashMap<>();
    if (given.getHeaders() != null) given.getHeaders().forEach((name, each) -> application.put(name, decoded(each)));
    return Map.of("header", header, "properties", properties, "application", application, "body", Map.of("data", List.of(hex(body))));
  }

  private static void put(Map<String, Object> properties, String name, String text) {
    if (text != null) properties.put(name, value("string", text));
  }

  private List<Object> receive(Asks asks) throws Exception {
    int wanted = asks.number("count");
    boolean settled = asks.flag("settled");
    Channel channel = channel();
    channel.basicQos(wanted);
    BlockingQueue<Delivery> came = new LinkedBlockingQueue<>();
    String tag = channel.basicConsume(asks.text("from"), settled, new DefaultConsumer(channel) {
      @Override
      public void handleDelivery(String consumer, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
        came.add(new Delivery(envelope, properties, body));
      }
    });
    List<Object> deliveries = new ArrayList<>();
    long until = System.nanoTime() + asks.number("waitMs") * 1_000_000L;
    while (deliveries.size() < wanted) {
      Delivery each = came.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (each == null) break;
      count += 1;
      if (!settled) outstanding.put(count, each.getEnvelope().getDeliveryTag());
      deliveries.add(Map.of("delivery", count, "message", told(each.getProperties(), each.getBody()), "again", each.getEnvelope().isRedeliver()));
    }
    channel.basicCancel(tag);
    return deliveries;
  }

  private void settle(Asks asks) throws Exception {
    if (asks.flag("transaction")) throw new Unsupported("a channel that consumes here has no transactions");
    long tag = outstanding.remove(asks.number("delivery"));
    Channel channel = channel();
    switch (asks.text("outcome")) {
      case "accepted" -> channel.basicAck(tag, false);
      case "released" -> channel.basicNack(tag, false, true);
      case "rejected" -> channel.basicReject(tag, false);
      default -> throw new Unsupported("0-9-1 has no outcome modified");
    }
    channel.exchangeDeclarePassive("amq.direct");
  }

  private void rest() throws Exception {
    for (Channel each : new Channel[] {consuming, publishing, transactional}) if (each != null && each.isOpen()) each.close();
    consuming = publishing = transactional = null;
    outstanding.clear();
  }
}
