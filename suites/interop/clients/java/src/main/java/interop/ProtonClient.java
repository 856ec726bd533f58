package interop;

import static interop.Lines.mapOf;

import interop.Lines.Asks;
import interop.Lines.Unsupported;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.qpid.protonj2.client.AdvancedMessage;
import org.apache.qpid.protonj2.client.Client;
import org.apache.qpid.protonj2.client.Connection;
import org.apache.qpid.protonj2.client.ConnectionOptions;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.DeliveryMode;
import org.apache.qpid.protonj2.client.DeliveryState;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.ReceiverOptions;
import org.apache.qpid.protonj2.client.Sender;
import org.apache.qpid.protonj2.client.SenderOptions;
import org.apache.qpid.protonj2.client.Session;
import org.apache.qpid.protonj2.client.Tracker;
import org.apache.qpid.protonj2.types.messaging.Header;

/** Qpid ProtonJ2's client of 1.0. */
public final class ProtonClient {
  private final Client client = Client.create();
  private Connection connection;
  private Session session;
  private final Map<String, Sender> senders = new HashMap<>();
  private final Map<String, Receiver> receivers = new HashMap<>();
  private final Map<Integer, Delivery> outstanding = new HashMap<>();
  private int count;

  public static void main(String[] arguments) throws Exception {
    ProtonClient client = new ProtonClient();
    Lines.serve(client::handle);
  }

  private Map<String, Object> handle(String operation, Asks asks) throws Exception {
    switch (operation) {
      case "hello":
        return Map.of("client", "protonj2", "version", version(), "protocol", "1.0");
      case "connect":
        connect(asks);
        return Lines.DONE;
      case "publish":
        return Map.of("outcomes", publish(asks));
      case "receive":
        return Map.of("deliveries", receive(asks));
      case "settle":
        settle(asks);
        return Lines.DONE;
      case "reply":
        Receiver receiver = session.openDynamicReceiver(new ReceiverOptions().creditWindow(0).autoAccept(false).autoSettle(false));
        receivers.put(receiver.address(), receiver);
        return Map.of("address", receiver.address());
      case "begin":
        session.beginTransaction();
        return Lines.DONE;
      case "commit":
        session.commitTransaction();
        return Lines.DONE;
      case "rollback":
        session.rollbackTransaction();
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

  /** Of the archive that the client was loaded from. */
  private static String version() {
    String archive = Client.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    return archive.replaceAll("^.*protonj2-client-|\\.jar$", "");
  }

  private void connect(Asks asks) throws Exception {
    ConnectionOptions options = new ConnectionOptions().user(asks.text("user")).password(asks.text("password")).reconnectEnabled(false);
    options.openTimeout(10_000).requestTimeout(10_000).sendTimeout(10_000).closeTimeout(2_000);
    if (asks.has("hostname")) options.virtualHost(asks.text("hostname"));
    connection = client.connect(asks.text("host"), asks.number("port"), options);
    session = connection.openSession();
  }

  private List<String> publish(Asks asks) throws Exception {
    String address = (String) asks.map("to").get("address");
    if (address == null) throw new Unsupported("1.0 has addresses alone");
    boolean settled = asks.flag("settled");
    Sender sender = senders.get(address + settled);
    if (sender == null) {
      SenderOptions options = new SenderOptions().deliveryMode(settled ? DeliveryMode.AT_MOST_ONCE : DeliveryMode.AT_LEAST_ONCE);
      if (asks.map("to").get("capability") instanceof String capability) options.targetOptions().capabilities(capability);
      sender = session.openSender(address, options);
      sender.openFuture().get(10, TimeUnit.SECONDS);
      senders.put(address + settled, sender);
    }
    List<String> outcomes = new ArrayList<>();
    for (Object each : asks.list("messages")) {
      Tracker tracker = sender.send(Values.outgoing(mapOf(each)));
      if (settled || asks.flag("transaction")) {
        outcomes.add(settled ? "settled" : "sent");
        continue;
      }
      tracker.awaitSettlement(10, TimeUnit.SECONDS);
      DeliveryState state = tracker.remoteState();
      outcomes.add(state == null ? "settled without an outcome" : state.getType().name().toLowerCase());
    }
    return outcomes;
  }

  private List<Object> receive(Asks asks) throws Exception {
    String from = asks.text("from");
    int wanted = asks.number("count");
    String key = from + (asks.flag("settled") ? " settled" : "");
    Receiver receiver = receivers.get(key);
    if (receiver == null) {
      ReceiverOptions options = new ReceiverOptions().creditWindow(0).autoAccept(false).autoSettle(false);
      if (asks.flag("settled")) options.deliveryMode(DeliveryMode.AT_MOST_ONCE);
      if (asks.has("capability")) options.sourceOptions().capabilities(asks.text("capability"));
      receiver = session.openReceiver(from, options);
      receiver.openFuture().get(10, TimeUnit.SECONDS);
      receivers.put(key, receiver);
    }
    receiver.addCredit(wanted);
    List<Object> deliveries = new ArrayList<>();
    long until = System.nanoTime() + asks.number("waitMs") * 1_000_000L;
    while (deliveries.size() < wanted) {
      long left = until - System.nanoTime();
      Delivery each = left <= 0 ? null : receiver.receive(Math.max(1, left / 1_000_000), TimeUnit.MILLISECONDS);
      if (each == null) break;
      count += 1;
      outstanding.put(count, each);
      AdvancedMessage<Object> message = each.message().toAdvancedMessage();
      Header header = message.header();
      boolean again = header == null || !header.isFirstAcquirer();
      long failures = header == null ? 0 : header.getDeliveryCount();
      deliveries.add(Map.of("delivery", count, "message", Values.incoming(message), "again", again, "failures", failures));
    }
    return deliveries;
  }

  private void settle(Asks asks) throws Exception {
    Delivery delivery = outstanding.remove(asks.number("delivery"));
    switch (asks.text("outcome")) {
      case "accepted" -> delivery.accept();
      case "released" -> delivery.release();
      case "rejected" -> delivery.reject("amqp:not-allowed", "as the test wants it");
      default -> {
        Map<String, Object> annotations = Values.all(asks.map("annotations"));
        boolean failed = asks.flag("failed");
        if (annotations.isEmpty()) delivery.disposition(DeliveryState.modified(failed, false), true);
        else delivery.disposition(DeliveryState.modified(failed, false, annotations), true);
      }
    }
  }

  private void rest() throws Exception {
    for (Sender each : senders.values()) each.close();
    for (Receiver each : new LinkedHashSet<>(receivers.values())) each.close();
    senders.clear();
    receivers.clear();
    outstanding.clear();
  }
}
