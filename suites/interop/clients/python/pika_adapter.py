"""pika as a peer of the interop suite."""

import datetime
import decimal
import time

import pika
from lines import Unsupported, serve

NAMES = {
    "contentType": "content_type",
    "contentEncoding": "content_encoding",
    "correlationId": "correlation_id",
    "replyTo": "reply_to",
    "expiration": "expiration",
    "messageId": "message_id",
    "type": "type",
    "userId": "user_id",
    "appId": "app_id",
}
EPOCH = datetime.datetime(1970, 1, 1)


def encoded(value):
    kind, *content = value
    if kind in ("int", "long"):
        number = int(content[0])
        fits = -(2**31) <= number < 2**31
        if fits != (kind == "int"):
            raise Unsupported("it chooses the size of an integer by its value")
        return number
    if kind in ("boolean", "string"):
        return content[0]
    if kind == "null":
        return None
    if kind == "binary":
        return bytes.fromhex(content[0])
    if kind == "timestamp":
        return EPOCH + datetime.timedelta(milliseconds=int(content[0]))
    if kind == "decimal":
        return decimal.Decimal(int(content[1])).scaleb(-int(content[0]))
    if kind == "list":
        return [encoded(each) for each in content[0]]
    if kind == "map":
        return {key[1]: encoded(each) for key, each in content[0]}
    raise Unsupported("it has no " + kind + " in headers")


def decoded(value):
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["boolean", value]
    if isinstance(value, int):
        return ["integer", str(value)]
    if isinstance(value, float):
        return ["number", str(value)]
    if isinstance(value, bytes):
        return ["octets", value.hex()]
    if isinstance(value, str):
        return ["text", value]
    if isinstance(value, decimal.Decimal):
        sign, digits, exponent = value.as_tuple()
        number = int("".join(map(str, digits))) * (-1 if sign else 1)
        return ["decimal", -exponent, str(number)]
    if isinstance(value, datetime.datetime):
        since = value.replace(tzinfo=None) - EPOCH
        return ["timestamp", str(int(since.total_seconds() * 1000))]
    if isinstance(value, list):
        return ["list", [decoded(each) for each in value]]
    return ["map", [[["text", key], decoded(each)] for key, each in value.items()]]


def outgoing(message):
    if "data" not in message["body"]:
        raise Unsupported("0-9-1 has octets alone as body")
    header, properties = message.get("header", {}), message.get("properties", {})
    given = {NAMES[name]: value[1] for name, value in properties.items() if name in NAMES}
    if "timestamp" in properties:
        given["timestamp"] = int(properties["timestamp"][1]) // 1000
    if "durable" in header:
        given["delivery_mode"] = 2 if header["durable"] else 1
    if "priority" in header:
        given["priority"] = header["priority"]
    if "application" in message:
        given["headers"] = {name: encoded(value) for name, value in message["application"].items()}
    return bytes.fromhex("".join(message["body"]["data"])), pika.BasicProperties(**given)


def incoming(properties, body):
    found = {name: ["string", getattr(properties, own)] for name, own in NAMES.items() if getattr(properties, own) is not None}
    if properties.timestamp is not None:
        found["timestamp"] = ["timestamp", str(properties.timestamp * 1000)]
    header = {}
    if properties.delivery_mode is not None:
        header["durable"] = properties.delivery_mode == 2
    if properties.priority is not None:
        header["priority"] = properties.priority
    application = {name: decoded(value) for name, value in (properties.headers or {}).items()}
    return {"header": header, "properties": found, "application": application, "body": {"data": [body.hex()]}}


class Client:
    def __init__(self):
        self.connection = None
        self.consuming = None
        self.publishing = None
        self.within = None
        self.confirms = True
        self.returned = []
        self.outstanding = {}
        self.count = 0

    def connect(self, asks):
        login = pika.PlainCredentials(asks["user"], asks["password"])
        self.connection = pika.BlockingConnection(pika.ConnectionParameters(asks["host"], asks["port"], asks["virtualHost"], login, heartbeat=0))

    def channel(self):
        if self.consuming is None or not self.consuming.is_open:
            self.consuming = self.connection.channel()
        return self.consuming

    def declare(self, asks):
        channel = self.channel()
        channel.queue_declare(asks["queue"])
        if "exchange" in asks:
            channel.exchange_declare(asks["exchange"], "fanout")
            channel.queue_bind(asks["queue"], asks["exchange"], "")

    def remove(self, asks):
        if "queue" in asks:
            self.channel().queue_delete(asks["queue"])
        if "exchange" in asks:
            self.channel().exchange_delete(asks["exchange"])

    def publish(self, asks):
        if asks.get("settled"):
            raise Unsupported("0-9-1 has no settled messages")
        to, transaction = asks["to"], asks.get("transaction", False)
        exchange, key = (to["exchange"], to["key"]) if "exchange" in to else ("", to["queue"])
        if not transaction and (self.publishing is None or not self.publishing.is_open):
            self.open_publishing()
        channel = self.transactional() if transaction else self.publishing
        outcomes = []
        for message in asks["messages"]:
            body, properties = outgoing(message)
            try:
                returned = len(self.returned)
                channel.basic_publish(exchange, key, body, properties, mandatory=not transaction)
                if not transaction and not self.confirms:
                    channel.exchange_declare("amq.direct", passive=True)
                    self.connection.process_data_events()
                gone = len(self.returned) > returned
                outcomes.append("sent" if transaction else "released" if gone else "accepted")
            except pika.exceptions.UnroutableError:
                outcomes.append("released")
            except pika.exceptions.NackError:
                outcomes.append("rejected")
        return {"outcomes": outcomes}

    def open_publishing(self):
        """With confirms; where the broker has none, a request whose answer comes after the message was taken is as good."""
        self.publishing = self.connection.channel()
        try:
            self.publishing.confirm_delivery()
            self.confirms = True
        except pika.exceptions.MethodNotImplemented:
            self.confirms = False
            self.publishing.add_on_return_callback(lambda *what: self.returned.append(what))

    def receive(self, asks):
        channel, settled, deliveries = self.channel(), asks.get("settled", False), []
        channel.basic_qos(prefetch_count=asks["count"])

        def take(_, method, properties, body):
            self.count += 1
            if not settled:
                self.outstanding[self.count] = method.delivery_tag
            deliveries.append({"delivery": self.count, "message": incoming(properties, body), "again": method.redelivered})

        tag = channel.basic_consume(asks["from"], take, auto_ack=settled)
        until = time.monotonic() + asks["waitMs"] / 1000
        while len(deliveries) < asks["count"] and time.monotonic() < until:
            self.connection.process_data_events(time_limit=max(0.001, min(0.05, until - time.monotonic())))
        channel.basic_cancel(tag)
        return {"deliveries": deliveries}

    def settle(self, asks):
        channel, tag, outcome = self.channel(), self.outstanding.pop(asks["delivery"]), asks["outcome"]
        if asks.get("transaction"):
            raise Unsupported("a channel that consumes here has no transactions")
        if outcome == "accepted":
            channel.basic_ack(tag)
        elif outcome == "released":
            channel.basic_nack(tag, requeue=True)
        elif outcome == "rejected":
            channel.basic_reject(tag, requeue=False)
        else:
            raise Unsupported("0-9-1 has no outcome modified")
        channel.exchange_declare("amq.direct", passive=True)

    def reply(self, _):
        return {"address": self.channel().queue_declare("", exclusive=True).method.queue}

    def transactional(self):
        if self.within is None:
            raise Unsupported("there is no transaction")
        return self.within

    def begin(self, _):
        self.within = self.connection.channel()
        self.within.tx_select()

    def commit(self, _):
        self.transactional().tx_commit()

    def rollback(self, _):
        self.transactional().tx_rollback()

    def rest(self, _):
        for channel in (self.consuming, self.publishing, self.within):
            if channel is not None and channel.is_open:
                channel.close()
        self.consuming = self.publishing = self.within = None
        self.outstanding.clear()

    def close(self, _):
        self.connection.close()


client = Client()
OPERATIONS = ("connect", "declare", "remove", "publish", "receive", "settle", "reply", "begin", "commit", "rollback", "rest", "close")
handlers = {name: getattr(client, name) for name in OPERATIONS}
handlers["hello"] = lambda _: {"client": "pika", "version": pika.__version__, "protocol": "0-9-1"}
serve(handlers)
