"""Qpid Proton's Python binding as a peer of the interop suite."""

import uuid
from collections import deque

import proton
from lines import Unsupported, serve
from proton import Data, Delivery, Endpoint, Link, Message
from proton.handlers import IncomingMessageHandler, TransactionHandler
from proton.reactor import LinkOption
from proton.utils import BlockingConnection, LinkDetached

NAMES = {
    "messageId": "id",
    "userId": "user_id",
    "to": "address",
    "subject": "subject",
    "replyTo": "reply_to",
    "correlationId": "correlation_id",
    "contentType": "content_type",
    "contentEncoding": "content_encoding",
    "groupId": "group_id",
    "groupSequence": "group_sequence",
    "replyToGroupId": "reply_to_group_id",
}
TIMES = {"absoluteExpiryTime": "expiry_time", "creationTime": "creation_time"}

NUMBERS = {
    "ubyte": proton.ubyte,
    "ushort": proton.ushort,
    "uint": proton.uint,
    "ulong": proton.ulong,
    "byte": proton.byte,
    "short": proton.short,
    "int": proton.int32,
    "long": int,
    "timestamp": proton.timestamp,
}
CODES = {"int": Data.INT, "long": Data.LONG, "string": Data.STRING, "symbol": Data.SYMBOL, "boolean": Data.BOOL, "ulong": Data.ULONG}


def encoded(value):
    kind, *content = value
    if kind in NUMBERS:
        return NUMBERS[kind](int(content[0]))
    if kind == "null":
        return None
    if kind in ("boolean", "string"):
        return content[0]
    if kind == "float":
        return proton.float32(content[0])
    if kind == "double":
        return float(content[0])
    if kind == "decimal32":
        return proton.decimal32(int(content[0], 16))
    if kind == "decimal64":
        return proton.decimal64(int(content[0], 16))
    if kind == "decimal128":
        return proton.decimal128(bytes.fromhex(content[0]))
    if kind == "char":
        return proton.char(chr(content[0]))
    if kind == "uuid":
        return uuid.UUID(content[0])
    if kind == "binary":
        return bytes.fromhex(content[0])
    if kind == "symbol":
        return proton.symbol(content[0])
    if kind == "list":
        return [encoded(each) for each in content[0]]
    if kind == "map":
        return {encoded(key): encoded(each) for key, each in content[0]}
    if kind == "array":
        return proton.Array(proton.UNDESCRIBED, CODES[content[0]], *[encoded(each) for each in content[1]])
    raise Unsupported("it has no " + kind)


EXACT = (
    (bool, "boolean"),
    (proton.timestamp, "timestamp"),
    (proton.ubyte, "ubyte"),
    (proton.ushort, "ushort"),
    (proton.uint, "uint"),
    (proton.ulong, "ulong"),
    (proton.byte, "byte"),
    (proton.short, "short"),
    (proton.int32, "int"),
)


def decoded(value):
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["boolean", value]
    for kind, name in EXACT[1:]:
        if isinstance(value, kind):
            return [name, str(int(value))]
    if isinstance(value, proton.decimal32):
        return ["decimal32", "%08x" % int(value)]
    if isinstance(value, proton.decimal64):
        return ["decimal64", "%016x" % int(value)]
    if isinstance(value, proton.decimal128):
        return ["decimal128", bytes(value).hex()]
    if isinstance(value, proton.float32):
        return ["float", float(value)]
    if isinstance(value, float):
        return ["double", value]
    if isinstance(value, int):
        return ["long", str(value)]
    if isinstance(value, proton.char):
        return ["char", ord(value)]
    if isinstance(value, proton.symbol):
        return ["symbol", str(value)]
    if isinstance(value, str):
        return ["string", str(value)]
    if isinstance(value, uuid.UUID):
        return ["uuid", str(value)]
    if isinstance(value, (bytes, memoryview)):
        return ["binary", bytes(value).hex()]
    if isinstance(value, proton.Array):
        return ["array", "", [decoded(each) for each in value.elements]]
    if isinstance(value, (list, tuple)):
        return ["list", [decoded(each) for each in value]]
    if isinstance(value, dict):
        return ["map", [[decoded(key), decoded(each)] for key, each in value.items()]]
    return ["text", str(value)]


def outgoing(given):
    message = Message()
    header, properties, body = given.get("header", {}), given.get("properties", {}), given["body"]
    if "durable" in header:
        message.durable = header["durable"]
    if "priority" in header:
        message.priority = header["priority"]
    if "ttl" in header:
        message.ttl = header["ttl"] / 1000
    for name, value in properties.items():
        if name in TIMES:
            setattr(message, TIMES[name], int(value[1]) / 1000)
        elif name in ("contentType", "contentEncoding"):
            setattr(message, NAMES[name], proton.symbol(value[1]))
        elif name == "groupSequence":
            message.group_sequence = int(value[1])
        else:
            setattr(message, NAMES[name], encoded(value))
    if "annotations" in given:
        message.annotations = {proton.symbol(key): encoded(value) for key, value in given["annotations"].items()}
    if "application" in given:
        message.properties = {key: encoded(value) for key, value in given["application"].items()}
    if "value" in body:
        message.inferred, message.body = False, encoded(body["value"])
    elif "sequence" in body:
        if len(body["sequence"]) != 1:
            raise Unsupported("it sends one section of a body")
        message.inferred, message.body = True, [encoded(each) for each in body["sequence"][0]]
    else:
        if len(body["data"]) != 1:
            raise Unsupported("it sends one section of a body")
        message.inferred, message.body = True, bytes.fromhex(body["data"][0])
    return message


def property_of(name, value):
    if name == "userId":
        return ["binary", bytes(value).hex()]
    if name in ("contentType", "contentEncoding"):
        return ["text", str(value)]
    # It does not tell the types of numbers here.
    return ["integer", str(int(value))] if isinstance(value, int) else decoded(value)


def incoming(message):
    properties = {}
    for name, own in NAMES.items():
        value = getattr(message, own)
        if value not in (None, "", b"") and not (name == "groupSequence" and value == 0):
            properties[name] = property_of(name, value)
    for name, own in TIMES.items():
        if getattr(message, own):
            properties[name] = ["timestamp", str(round(getattr(message, own) * 1000))]
    if message.inferred and isinstance(message.body, (bytes, memoryview)):
        body = {"data": [bytes(message.body).hex()]}
    elif message.inferred and isinstance(message.body, list):
        body = {"sequence": [[decoded(each) for each in message.body]]}
    else:
        body = {"value": decoded(message.body)}
    return {
        "header": {"durable": message.durable, "priority": message.priority, "ttl": round(message.ttl * 1000)},
        "annotations": {str(key): decoded(value) for key, value in (message.annotations or {}).items()},
        "properties": properties,
        "application": {str(key): decoded(value) for key, value in (message.properties or {}).items()},
        "body": body,
    }


class Settle(LinkOption):
    """A link whose sender settles by itself."""

    def apply(self, link):
        link.snd_settle_mode = Link.SND_SETTLED


class Asking(LinkOption):
    """A link whose source or target asks for a capability."""

    def __init__(self, capability):
        self.capability = capability

    def apply(self, link):
        terminus = link.target if link.is_sender else link.source
        terminus.capabilities.put_array(False, Data.SYMBOL)
        terminus.capabilities.enter()
        terminus.capabilities.put_symbol(self.capability)
        terminus.capabilities.exit()


def options_of(settled, asks):
    options = [Settle()] if settled else []
    return options + ([Asking(asks["capability"])] if "capability" in asks else [])


class Incoming(IncomingMessageHandler):
    def __init__(self):
        super().__init__(auto_accept=False)
        self.messages = deque()

    def on_message(self, event):
        self.messages.append((event.message, event.delivery))


class Discharged(TransactionHandler):
    def __init__(self):
        super().__init__()
        self.transaction = None
        self.ended = None

    def on_transaction_declared(self, event):
        self.transaction = event.transaction

    def on_transaction_committed(self, event):
        self.ended = "committed"

    def on_transaction_aborted(self, event):
        self.ended = "aborted"

    def on_transaction_declare_failed(self, event):
        self.ended = "declare failed"

    def on_transaction_commit_failed(self, event):
        self.ended = "commit failed"


STATES = {Delivery.ACCEPTED: "accepted", Delivery.REJECTED: "rejected", Delivery.RELEASED: "released", Delivery.MODIFIED: "modified"}


class Client:
    def __init__(self):
        self.connection = None
        self.senders = {}
        self.receivers = {}
        self.outstanding = {}
        self.count = 0
        self.handler = None

    def connect(self, asks):
        options = {"virtual_host": asks["hostname"]} if "hostname" in asks else {}
        self.connection = BlockingConnection(
            "%s:%d" % (asks["host"], asks["port"]), timeout=5, user=asks["user"], password=asks["password"], allowed_mechs="PLAIN", **options
        )

    def publish(self, asks):
        if "address" not in asks["to"]:
            raise Unsupported("1.0 has addresses alone")
        address, settled, transaction = asks["to"]["address"], asks.get("settled", False), asks.get("transaction", False)
        messages = [outgoing(message) for message in asks["messages"]]
        key = (address, settled)
        if key not in self.senders or self.senders[key].link.state & Endpoint.REMOTE_CLOSED:
            self.senders[key] = self.attach(self.connection.create_sender, address, options=options_of(settled, asks["to"]))
        sender, outcomes = self.senders[key], []
        for message in messages:
            if transaction:
                self.wait(sender.link, lambda: sender.link.credit > 0, "Waiting for credit")
                delivery = self.within().send(sender.link, message)
                self.wait(sender.link, lambda: delivery.remote_state != 0, "Sending within a transaction")
                outcomes.append("sent")
                continue
            delivery = sender.link.send(message)
            if settled:
                outcomes.append("settled")
                continue
            self.wait(sender.link, lambda: delivery.settled, "Sending on sender " + sender.link.name)
            outcomes.append(STATES.get(delivery.remote_state, str(delivery.remote_state)))
            delivery.settle()
        self.flush()
        return {"outcomes": outcomes}

    def wait(self, link, condition, msg=None, timeout=False):
        """Waits, whichever links the peer closes meanwhile, unless it is this one."""
        while True:
            try:
                return self.connection.wait(condition, timeout, msg)
            except LinkDetached as gone:
                if gone.link == link:
                    raise

    def attach(self, create, address, **options):
        """Attaches a link. That another one was closed by the peer is told meanwhile, as one to a temporary queue that is gone."""
        while True:
            try:
                name = str(uuid.uuid4())
                return create(address, name=name, **options)
            except LinkDetached as gone:
                if gone.link.name == name:
                    raise

    def link(self, key, address, **options):
        if key not in self.receivers:
            handler = Incoming()
            self.receivers[key] = (self.attach(self.connection.create_receiver, address, credit=0, handler=handler, **options), handler)
        return self.receivers[key]

    def receive(self, asks):
        settled = asks.get("settled", False)
        receiver, handler = self.link(asks["from"] + (" settled" if settled else ""), asks["from"], options=options_of(settled, asks))
        lacking = asks["count"] - len(handler.messages) - receiver.link.credit
        if lacking > 0:
            receiver.link.flow(lacking)
        try:
            self.wait(receiver.link, lambda: len(handler.messages) >= asks["count"], timeout=asks["waitMs"] / 1000)
        except proton.Timeout:
            pass
        deliveries = []
        while handler.messages and len(deliveries) < asks["count"]:
            message, delivery = handler.messages.popleft()
            self.count += 1
            if not delivery.settled:
                self.outstanding[self.count] = delivery
            told = {"delivery": self.count, "message": incoming(message), "again": not message.first_acquirer, "failures": message.delivery_count}
            deliveries.append(told)
        return {"deliveries": deliveries}

    def settle(self, asks):
        delivery, outcome = self.outstanding.pop(asks["delivery"]), asks["outcome"]
        if asks.get("transaction"):
            if outcome != "accepted":
                raise Unsupported("within a transaction it accepts alone")
            self.within().accept(delivery)
            self.flush()
            return
        if outcome == "modified":
            delivery.local.failed = asks.get("failed", False)
            if "annotations" in asks:
                delivery.local.annotations = {proton.symbol(key): encoded(value) for key, value in asks["annotations"].items()}
        states = {"accepted": Delivery.ACCEPTED, "rejected": Delivery.REJECTED, "released": Delivery.RELEASED, "modified": Delivery.MODIFIED}
        delivery.update(states[outcome])
        delivery.settle()
        self.flush()

    def flush(self):
        """What was written is on its way before the answer is."""
        try:
            self.wait(None, lambda: self.connection.conn.transport.pending() <= 0, timeout=1)
        except proton.Timeout:
            pass

    def idle(self):
        """Keeps the connection alive, which nobody does while it is not waited for."""
        if self.connection is not None:
            self.connection.container.do_work(0.01)

    def reply(self, _):
        receiver, handler = self.link("", None, dynamic=True)
        address = receiver.link.remote_source.address
        self.receivers[address] = (receiver, handler)
        return {"address": address}

    def within(self):
        if self.handler is None or self.handler.transaction is None:
            raise Unsupported("there is no transaction")
        return self.handler.transaction

    def begin(self, _):
        handler = self.handler = Discharged()
        self.connection.container.declare_transaction(self.connection.conn, handler)
        self.connection.wait(lambda: handler.transaction or handler.ended, msg="Declaring a transaction")
        if handler.transaction is None:
            raise Unsupported("the broker has no transactions: " + handler.ended)

    def discharge(self, how):
        handler, transaction = self.handler, self.within()
        how(transaction)
        self.connection.wait(lambda: handler.ended, msg="Discharging a transaction")
        if handler.ended.endswith("failed"):
            raise RuntimeError(handler.ended)

    def commit(self, _):
        self.discharge(lambda transaction: transaction.commit())

    def rollback(self, _):
        self.discharge(lambda transaction: transaction.abort())

    def rest(self, _):
        links = list(self.senders.values()) + list({id(each[0]): each[0] for each in self.receivers.values()}.values())
        self.senders, self.receivers, self.outstanding = {}, {}, {}
        for each in links:
            try:
                each.close()
            except (LinkDetached, proton.ProtonException):
                pass

    def close(self, _):
        self.connection.close()


client = Client()
OPERATIONS = ("connect", "publish", "receive", "settle", "reply", "begin", "commit", "rollback", "rest", "close")
handlers = {name: getattr(client, name) for name in OPERATIONS}
version = "%d.%d.%d" % (proton.VERSION_MAJOR, proton.VERSION_MINOR, 0) if hasattr(proton, "VERSION_MAJOR") else ""
handlers["hello"] = lambda _: {"client": "proton", "version": version, "protocol": "1.0"}
serve(handlers, client.idle)
